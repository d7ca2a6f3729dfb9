// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mutationsOf, readProgram } from "../../../../test/support/program-fixtures.ts";
import type { AnalyzerResult } from "../analyzer.ts";
import { programAnalyzer } from "./program-analyzer.ts";

function analyze(fileName: string, bytes: Uint8Array): AnalyzerResult {
  return programAnalyzer.analyze({ path: `usr/local/bin/${fileName}`, bytes });
}

/** A program in which the text stands at the end. */
function programWith(text: string): Buffer {
  return Buffer.concat([readProgram("rust-plain"), Buffer.from(text, "latin1")]);
}

/** The program with a section of notes for the one that names its compiler. */
function programWithNote(content: string): Buffer {
  const program = readProgram("rust-plain");
  const note = Buffer.alloc(16 + Math.ceil((content.length + 1) / 4) * 4);
  note.writeUInt32LE(4, 0);
  note.writeUInt32LE(content.length + 1, 4);
  note.writeUInt32LE(0xcafe1a7e, 8);
  note.write(`FDO\0${content}`, 12);
  const header = Number(program.readBigUInt64LE(40)) + 31 * 64;
  program.writeUInt32LE(7, header + 4);
  program.writeBigUInt64LE(BigInt(program.length), header + 24);
  program.writeBigUInt64LE(BigInt(note.length), header + 32);
  return Buffer.concat([program, note]);
}

describe("programAnalyzer", () => {
  // The texts as they stand in the programs of Debian's packages, in node of nodejs.org and in Python built by pyenv.
  it.each([
    { file: "node", text: "\0node.js/v24.21.0\0", want: ["node", "24.21.0"] },
    {
      file: "openssl",
      text: "\0enable OpenSSL 3.0 legacy provider\0OpenSSL 3.0.22 25 Aug 2026\0",
      want: ["openssl", "3.0.22"],
    },
    { file: "libcrypto.so.1.1", text: "\0OpenSSL 1.1.1w  11 Sep 2023\0", want: ["openssl", "1.1.1w"] },
    { file: "nginx", text: "\0nginx version: nginx/1.22.1\0", want: ["nginx", "1.22.1"] },
    { file: "busybox", text: "\0BusyBox v1.35.0 (Debian 1:1.35.0-4+b1)\0", want: ["busybox", "1.35.0"] },
    { file: "redis-server", text: "\0A7.0.151790282056000000000\0%llx\0", want: ["redis", "7.0.15"] },
    { file: "redis-server", text: "\x007.2.4buildkitsandbox-1704823042000000000\0", want: ["redis", "7.2.4"] },
    { file: "memcached", text: "\0memcached 1.6.18\0", want: ["memcached", "1.6.18"] },
    { file: "apache2", text: "\0Apache/2\0Apache/2.4.71 (Debian)\0", want: ["apache", "2.4.71"] },
    { file: "php8.2", text: "\0X-Powered-By: PHP/8.2.36\0", want: ["php", "8.2.36"] },
    { file: "mariadbd", text: "\x0010.11.19-MariaDB\0", want: ["mariadb", "10.11.19"] },
    {
      file: "libruby-3.1.so.3.1",
      text: "\0ruby 3.1.7p261 (2025-03-26 revision 0a3704f218)\0",
      want: ["ruby", "3.1.7"],
    },
    { file: "python3.11", text: "\0/versions/3.11.7\0", want: ["python", "3.11.7"] },
    { file: "libpython3.6m.so.1.0", text: "\x003.6.15\0", want: ["python", "3.6.15"] },
    { file: "haproxy", text: "HAProxy version 2.6.12-1+deb12u4, released 2026/10/17\0", want: ["haproxy", "2.6.12"] },
    {
      file: "postgres",
      text: "\0postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\0",
      want: ["postgresql", "15.20"],
    },
    { file: "bash", text: "\0@(#)Bash version 5.2.15(1) release GNU\0", want: ["bash", "5.2.15"] },
    { file: "curl", text: "\0curl/7.88.1\0", want: ["curl", "7.88.1"] },
    { file: "sshd", text: "\0OpenSSH_2*\0OpenSSH_9.2p1 Debian-2+deb12u10\0", want: ["openssh", "9.2p1"] },
  ])("$file by its text", ({ file, text, want }) => {
    expect(analyze(file, programWith(text))).toEqual({
      packages: [{ type: "generic", name: want[0], version: want[1] }],
      problems: [],
    });
  });

  it.each([
    { name: "another program's text", file: "app", text: "\0node.js/v24.21.0\0" },
    { name: "no text", file: "node", text: "" },
    { name: "a version that is none", file: "nginx", text: "\0nginx version: %s\0" },
    { name: "Python of another series", file: "python3.11", text: "\x003.12.1\0" },
    { name: "the end of a longer version", file: "python3.1", text: "\x0013.1.2\0" },
  ])("$name is no package", ({ file, text }) => {
    expect(analyze(file, programWith(text))).toEqual({ packages: [], problems: [] });
  });

  it("the note of a build names its package", () => {
    const note = '{"type":"rpm","name":"hello","version":"2.12-1.fc40","architecture":"x86_64","os":"fedora"}';
    expect(analyze("hello", programWithNote(note)).packages).toEqual([
      { type: "generic", name: "hello", version: "2.12-1.fc40", vendor: "fedora", architecture: "x86_64" },
    ]);
  });

  it("the note of Debian's build of systemd", () => {
    expect(analyze("systemd-ac-power", readProgram("package-note")).packages).toEqual([
      { type: "generic", name: "systemd", version: "252.38-1~deb12u1", vendor: "Debian", architecture: "amd64" },
    ]);
  });

  it("the program of Node.js that npm's package node brings", () => {
    const program = fileURLToPath(new URL("../../../../node_modules/node/bin/node", import.meta.url));
    const version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
    expect(analyze("node", readFileSync(program))).toEqual({
      packages: [{ type: "generic", name: "node", version: version.slice(1) }],
      problems: [],
    });
  });

  it.each(["{", "null", "[]", '{"name":1,"version":"1"}', '{"name":"a\\u001b[2J","version":"1"}'])(
    "a note that says nothing of use is passed over: %s",
    (note) => {
      expect(analyze("hello", programWithNote(note))).toEqual({ packages: [], problems: [] });
    },
  );

  it("a note that is longer than any is passed over, whatever it is made of", () => {
    const note = `{"name":"hello","version":"1"${" ".repeat(1_000_000)}}x`;
    expect(analyze("hello", programWithNote(note))).toEqual({ packages: [], problems: [] });
  });

  it("what UPX packed is a problem", () => {
    expect(analyze("app", readProgram("upx"))).toMatchObject({ packages: [], problems: [{ code: "FILE_UNREADABLE" }] });
  });

  it("never throws, whatever is changed in a real program", () => {
    const program = programWithNote('{"name":"hello","version":"2.12-1.fc40"}');
    fc.assert(
      fc.property(mutationsOf(program), fc.constantFrom("node", "redis-server", "python3.11", "x"), (bytes, name) => {
        expect(analyze(name, bytes).packages.length).toBeLessThan(2);
      }),
    );
  });
});
