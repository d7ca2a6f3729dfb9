// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { isProgramFile, isProgramPath } from "./is-program-file.ts";

const MIB = 1024 * 1024;

describe("isProgramFile", () => {
  it.each([
    { path: "usr/bin/app", mode: 0o644, size: MIB, want: false },
    { path: "usr/bin/app", mode: 0o755, size: 100, want: false },
    { path: "usr/lib/libtorch_cuda.so", mode: 0o755, size: 1500 * MIB, want: false },
    { path: "usr/lib/x86_64-linux-gnu/libz.so.1.2.13", mode: 0o644, size: MIB, want: false },
    { path: "usr/share/x.node.txt", mode: 0o644, size: MIB, want: false },
    { path: "usr/bin/app", mode: 0o755, size: 500 * MIB, want: true },
    { path: "app", mode: 0o100, size: MIB, want: true },
    { path: "usr/lib/libplugin.so", mode: 0o755, size: MIB, want: true },
    { path: "usr/lib/x86_64-linux-gnu/libcrypto.so.3", mode: 0o644, size: MIB, want: true },
    { path: "usr/lib/libpython3.11.so.1.0", mode: 0o644, size: MIB, want: true },
    { path: "venv/lib/python3.11/site-packages/cryptography/_rust.abi3.so", mode: 0o644, size: MIB, want: true },
    { path: "venv/x.cpython-311-x86_64-linux-gnu.so", mode: 0o644, size: MIB, want: true },
    { path: "node_modules/x/build/Release/x.node", mode: 0o644, size: MIB, want: true },
  ])("$path of $size bytes, mode $mode: $want", ({ path, mode, size, want }) => {
    expect(isProgramFile(path, { mode, size, uid: 0 })).toBe(want);
  });
});

describe("isProgramPath", () => {
  it.each([
    { path: "usr/bin/python3.11", want: true },
    { path: "usr/sbin/nginx", want: true },
    { path: "usr/lib/git-core/git", want: true },
    { path: "opt/tool/tool", want: true },
    { path: "usr/lib/x86_64-linux-gnu/libcrypto.so.3", want: true },
    { path: "usr/share/tool/tool", want: true },
    { path: "usr/share/doc/git/copyright", want: false },
    { path: "usr/include/stdio.h", want: false },
    { path: "etc/passwd", want: false },
  ])("$path: $want", ({ path, want }) => {
    expect(isProgramPath(path)).toBe(want);
  });
});
