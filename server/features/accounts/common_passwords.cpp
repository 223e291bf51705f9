#include "server/features/accounts/common_passwords.hpp"

#include <algorithm>
#include <array>

namespace syncstore::accounts {
namespace {

// Sorted; only those of at least kPasswordMin characters matter.
constexpr std::array<std::string_view, 71> kCommon{
    "00000000000",   "0123456789",    "01234567890",  "0987654321",    "1029384756",
    "1111111111",    "1122334455",    "1234512345",   "123456123456",  "1234567890",
    "12345678900",   "12345678901",   "123456789012", "1234567890a",   "1234567891",
    "12345678910",   "1234567899",    "123456789a",   "123456789abc",  "123456789q",
    "123qwe123qwe",  "1q2w3e4r5t",    "1q2w3e4r5t6y", "1qaz2wsx3edc",  "abc123456789",
    "abcdefghij",    "abcdefghijk",   "admin12345",   "admin123456",   "adminadmin",
    "administrator", "asdfghjkl1",    "asdfghjkl;",   "basketball",    "changeme123",
    "changemenow",   "chocolate1",    "computer123",  "football123",   "iloveyou12",
    "iloveyou123",   "letmein123",    "letmeinnow",   "liverpool1",    "manchester",
    "manchester1",   "michelle123",   "mypassword",   "p@ssw0rd123",   "p@ssword123",
    "pass123456",    "passw0rd123",   "password01",   "password10",    "password11",
    "password12",    "password123",   "password1234", "password12345", "passwordpassword",
    "q1w2e3r4t5",    "q1w2e3r4t5y6",  "qazwsxedcrfv", "qwerty12345",   "qwerty123456",
    "qwertyuiop",    "qwertyuiop123", "superman123",  "syncstore123",  "welcome123",
    "zxcvbnm123"};

static_assert(std::is_sorted(kCommon.begin(), kCommon.end()));

}  // namespace

bool is_common_password(std::string_view folded) {
  return std::binary_search(kCommon.begin(), kCommon.end(), folded);
}

}  // namespace syncstore::accounts
