// Text rules that both ends must agree on: UTF-8, NFC, case folding, rich-text cleaning. Pure
// functions; the Unicode tables are generated (toolchains/unicode_tables.py) from the Unicode
// Character Database version named there.
#pragma once

#include <string>
#include <string_view>

namespace syncstore {

bool is_valid_utf8(
    std::string_view text);  // RFC 3629: no overlong forms, no surrogates, <= U+10FFFF
std::string latin1_to_utf8(
    std::string_view bytes);  // windows-1252 superset, as spreadsheets write it

// NFC (UAX #15). Requires valid UTF-8.
std::string to_nfc(std::string_view text);
// Trimmed of Unicode white space, control characters dropped (tab and line breaks become blanks),
// NFC. Idempotent.
std::string normalise_line(std::string_view text);
// As normalise_line but keeps line breaks as "\n".
std::string normalise_text(std::string_view text);
// HTML fragment reduced to the allowed elements (p br b strong i em u ul ol li h1-h6 a[href
// http/https/mailto] span-less), every attribute else dropped, scripts/styles/comments dropped with
// their content, entities normalised. Idempotent; plain text stays itself.
std::string clean_rich_text(std::string_view html);
// Simple case folding by code point (Unicode CaseFolding.txt, statuses C and S): the sort and
// search key of text.
std::string fold_case(std::string_view text);

}  // namespace syncstore
