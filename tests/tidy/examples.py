"""A small tree that keeps every rule, and for each rule trees that break it."""

GOOD = {
    "ARCHITECTURE.md": "Start with toolchains/run.sh; data goes to ./data.\n",
    "CMakeLists.txt": "add_executable(x ${PROJECT_SOURCE_DIR}/toolchains/empty.cpp)\n",
    "toolchains/empty.cpp": "namespace syncstore {}\n",
    "core/base/CMakeLists.txt": "target_sources(ss_core PRIVATE json_reader.cpp money.cpp)\n",
    "core/base/json_reader.cpp": '#include "core/base/money.hpp"\n#include <nlohmann/json.hpp>\n',
    "core/base/money.hpp": "#pragma once\n\n// A clock, time( and throw are words here.\nstruct Money {};\n",
    "core/base/money.cpp": '#include "core/base/money.hpp"\n\nconst char* text() { return "throw rand()"; }\n',
    "core/sync/CMakeLists.txt": "target_sources(ss_core PRIVATE\n  merge.cpp)\n",
    "core/sync/merge.cpp": '#include "core/base/money.hpp"\nauto operator=(const M&) -> M& = delete;\n',
    "server/features/products/CMakeLists.txt": "target_sources(x PRIVATE products_queries.cpp)\n",
    "server/features/products/products_queries.cpp":
        '#include "core/base/money.hpp"\nconst char* kSql = "SELECT id FROM p WHERE s = ?1";\n',
    "web/package-lock.json": '{ "packages": { "node_modules/a": { "version": "1.0.0" } } }\n',
    "web/index.html": '<script type="module" src="/src/main.tsx"></script>\n',
    "web/src/main.tsx": "import { App } from './app/app';\n",
    "web/src/app/app.tsx":
        "import { Page } from '../features/products/products-page';\nexport const App = () => Page;\n",
    "web/src/features/products/products-page.tsx":
        "import { useWindow } from '../../sync/use-window';\nexport const Page = useWindow;\n",
    "web/src/sync/use-window.ts": "import { useState } from 'react';\nexport const useWindow = useState;\n",
    "tests/core/sync/CMakeLists.txt": "target_sources(core_tests PRIVATE merge_test.cpp)\n",
    "tests/core/sync/merge_test.cpp":
        "TEST(Merge, KeepsBothFields) {\n  EXPECT_EQ(folder(), \"/var\");\n}\n",
    "tests/e2e/live.spec.ts": "test('an edit is seen elsewhere', async () => {});\n",
    "tests/requirements-ids.txt": "RT-01\nRT-02\n",
    "tests/requirements.csv":
        "id,where,tests\nRT-01,core/sync/merge.cpp,Merge.KeepsBothFields tests/e2e/live.spec.ts\n",
}

LONG_BODY = "".join(f"  x += {n};\n" for n in range(130))


def core(line):
    return {"core/sync/merge.cpp": f'#include "core/base/money.hpp"\n{line}\n'}


def core_header(line):
    return {"core/base/money.hpp": f"#pragma once\n{line}\n"}


def requirement(row):
    return {"tests/requirements.csv": f"id,where,tests\n{row}\n"}


BAD = {
    "includes_follow_the_table": [
        {"core/base/money.cpp": '#include "core/sync/merge.hpp"\n'},
        {"core/sync/merge.cpp": '#include "server/ports/clock.hpp"\n'},
        {"wasm/exports.cpp": '#include "server/base/log.hpp"\n'},
        {"server/engine/hub.cpp": '#include "server/features/products/products_service.hpp"\n'},
        {"server/engine/hub.cpp": '#include "server/adapters/beast/listener.hpp"\n'},
        {"server/features/products/products_queries.cpp": '#include "server/features/sales/sales_service.hpp"\n'},
        {"server/adapters/sqlite/statement.cpp": '#include "server/adapters/beast/listener.hpp"\n'},
        {"server/tools/one.cpp": "int one = 1;\n"},
    ],
    "libraries_stay_in_their_room": [
        core("#include <nlohmann/json.hpp>"),
        core("#include <zstd.h>"),
        core("#include <emscripten.h>"),
        {"server/engine/hub.cpp": "#include <boost/asio.hpp>\n"},
        {"server/features/products/products_queries.cpp": "#include <sqlite3.h>\n"},
        {"server/adapters/sqlite/statement.cpp": "#include <openssl/evp.h>\n"},
        {"server/ports/clock.hpp": "#pragma once\n#include <sys/time.h>\n"},
    ],
    "includes_start_at_the_root": [
        {"core/base/money.cpp": '#include "money.hpp"\n'},
        {"core/base/money.hpp": "struct Money {};\n"},
    ],
    "includes_have_no_cycle": [
        {"core/base/money.hpp": '#pragma once\n#include "core/base/ids.hpp"\n',
         "core/base/ids.hpp": '#pragma once\n#include "core/base/money.hpp"\n'},
    ],
    "imports_go_leftwards": [
        {"web/src/sync/client.ts": "import { App } from '../app/app';\n"},
        {"web/src/sync/client.ts": "export type { App } from '@/ui/table';\n"},
        {"web/src/features/products/products-page.tsx": "const s = import('../sales/sales-page');\n"},
        {"web/src/protocol/fields.ts": "import '../main';\n"},
    ],
    "sync_knows_react_only_in_hooks": [
        {"web/src/sync/client.ts": "import { useRef } from 'react';\n"},
        {"web/src/sync/client.ts": "import { Table } from '@mantine/core';\n"},
    ],
    "core_stays_pure": [
        core(line) for line in [
            "auto now = std::chrono::system_clock::now();", "long t = time(nullptr);", "std::random_device seed;",
            "int r = rand();", "std::thread worker;", "std::mutex lock;", "void f() { throw 1; }",
            "#include <iostream>", "#include <sstream>", 'void f() { printf("x"); }', "std::ranges::sort(list);",
            "#include <format>", "auto b = std::bit_cast<int>(f);", "auto* p = new Record();", "delete  p ;",
            "auto d = std::stod(text);",
        ]
    ],
    "business_throws_nothing": [{"server/engine/hub.cpp": "void f() { throw 1; }\n"}],
    "server_reads_time_through_its_port": [
        {"server/engine/hub.cpp": "auto t = std::chrono::steady_clock::now();\n"},
        {"server/features/products/products_queries.cpp": "std::random_device seed;\n"},
    ],
    "sql_is_never_spliced": [
        {"server/features/products/products_queries.cpp": 'auto q = "SELECT * FROM p WHERE id = " + id;\n'},
        {"server/features/products/products_queries.cpp": 'auto q = base + " WHERE id = 1";\n'},
    ],
    "tests_do_not_sleep": [
        {"tests/core/sync/merge_test.cpp": "std::this_thread::sleep_for(1s);\n"},
        {"tests/e2e/live.spec.ts": "await page.waitForTimeout(100);\n"},
        {"web/src/sync/client.test.ts": "await new Promise((resolve) => setTimeout(resolve, 50));\n"},
    ],
    "every_test_runs": [
        {"tests/core/sync/merge_test.cpp": "TEST(Merge, DISABLED_KeepsBothFields) {}\n"},
        {"tests/core/sync/merge_test.cpp": "TEST(Merge, A) { GTEST_SKIP(); }\n"},
        {"tests/e2e/live.spec.ts": "test.only('x', () => {});\n"},
        {"web/src/sync/client.test.ts": "it.skip('x', () => {});\n"},
        {"web/src/sync/client.test.ts": "xit('x', () => {});\n"},
    ],
    "nothing_is_left_to_do": [core("// TODO: later"), {"ARCHITECTURE.md": "FIXME\n"}],
    "no_path_of_one_machine": [
        core('const char* p = "/tmp/x";'), {"toolchains/a.sh": "cd /work/main\n"}, {"ARCHITECTURE.md": "in /root/a\n"},
        {"web/src/sync/client.ts": "const p = '/home/me/x';\n"},
    ],
    "lockfiles_name_no_host": [
        {"web/package-lock.json": '{ "a": { "resolved": "http://host/a.tgz" } }\n'},
    ],
    "lines_fit": [core("// " + "x" * 100), core("int x;  ")],
    "files_stay_readable": [core("int x;\n" * 601)],
    "functions_stay_readable": [
        core("int f(int x) {\n" + LONG_BODY + "  return x;\n}"),
        core("Merge::Merge(int x) : a_(x), b_{x} {\n" + LONG_BODY + "}"),
        core("int f(int x, A a = {}) noexcept {\n" + LONG_BODY + "  return x;\n}"),
        core("struct A {\n public:\n  int f(int x) const {\n" + LONG_BODY + "  return x;\n}\n};"),
        {"web/src/sync/client.ts": "export function f(x: number): number {\n" + LONG_BODY + "  return x;\n}\n"},
        {"web/src/sync/client.ts": "export const f = (x: number) => {\n" + LONG_BODY + "  return x;\n};\n"},
    ],
    "names_follow_the_style": [
        {"core/sync/Merge.cpp": "int x;\n"}, {"web/src/sync/useWindow.ts": "export {};\n"},
        core("class StoreManager {};"), {"web/src/sync/client.ts": "class ParseHelper {}\n"},
    ],
    "every_source_is_built": [
        {"core/sync/batch.cpp": "int x;\n"}, {"core/sync/batch.hpp": "#pragma once\n"},
        {"web/src/sync/client.ts": "export {};\n"}, {"tests/core/sync/batch_test.cpp": "int x;\n"},
    ],
    "requirements_are_proved": [
        requirement("RT-99,core/sync/merge.cpp,Merge.KeepsBothFields"),
        requirement("RT-01,core/sync/gone.cpp,Merge.KeepsBothFields"),
        requirement("RT-01,core/sync/merge.cpp,Merge.Gone"),
        requirement("RT-01,core/sync/merge.cpp,"),
        requirement("RT-01,core/sync/merge.cpp,Merge.KeepsBothFields\nRT-01,core/sync/merge.cpp,Merge.KeepsBothFields"),
        {"tests/requirements.csv": "id,tests\n"},
    ],
}
