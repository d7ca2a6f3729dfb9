// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { digestOf } from "#base";
import { ANALYZERS } from "../analyzers.ts";
import { mergeLayers } from "./merge-layers.ts";

/** What an image with these files says about itself. */
function problemsOf(texts: Readonly<Record<string, string>>): readonly string[] {
  const files = Object.entries(texts).flatMap(([path, text]) =>
    ANALYZERS.filter((analyzer) => analyzer.wants(path) === true).map((analyzer) => ({
      path,
      analyzer: analyzer.name,
      result: analyzer.analyze({ path, bytes: Buffer.from(text) }),
    })),
  );
  const layer = { layer: digestOf("a"), layerIndex: 0, whiteouts: [], opaqueFolders: [], problems: [] };
  return mergeLayers([{ ...layer, files, nonFolders: new Set(Object.keys(texts)) }]).problems.map(
    ({ code, path }) => `${code} ${path ?? ""}`,
  );
}

it.each([
  {
    name: "two os-release files of two releases",
    texts: { "etc/os-release": "ID=debian\nVERSION_ID=10\n", "usr/lib/os-release": "ID=debian\nVERSION_ID=12\n" },
    want: ["FILE_MALFORMED usr/lib/os-release"],
  },
  {
    name: "two os-release files of two distributions",
    texts: { "etc/os-release": "ID=alpine\n", "usr/lib/os-release": "ID=debian\n" },
    want: ["FILE_MALFORMED usr/lib/os-release"],
  },
  {
    name: "an older release than the older file says",
    texts: { "etc/os-release": "ID=debian\nVERSION_ID=10\n", "etc/debian_version": "12.5\n" },
    want: ["FILE_MALFORMED etc/debian_version"],
  },
  {
    name: "another branch of Alpine",
    texts: { "etc/os-release": "ID=alpine\nVERSION_ID=3.9.1\n", "etc/alpine-release": "3.20.3\n" },
    want: ["FILE_MALFORMED etc/alpine-release"],
  },
  {
    name: "another major release of Red Hat's",
    texts: {
      "etc/os-release": 'ID="rhel"\nVERSION_ID="7.9"\n',
      "etc/redhat-release": "Red Hat Enterprise Linux release 9.3 (Plow)\n",
    },
    want: ["FILE_MALFORMED etc/redhat-release"],
  },
])("$name: a problem", ({ texts, want }) => {
  expect(problemsOf(texts)).toEqual(want);
});

it.each([
  { "etc/os-release": "ID=debian\nVERSION_ID=12\n", "etc/debian_version": "12.5\n" },
  { "etc/os-release": "ID=debian\n", "etc/debian_version": "trixie/sid\n" },
  { "etc/os-release": "ID=ubuntu\nVERSION_ID=22.04\n", "etc/debian_version": "bookworm/sid\n" },
  { "etc/os-release": "ID=raspbian\nVERSION_ID=11\n", "etc/debian_version": "12.1\n" },
  { "etc/os-release": "ID=alpine\nVERSION_ID=3.20.1\n", "etc/alpine-release": "3.20.3\n" },
  { "etc/os-release": "ID=centos\nVERSION_ID=7\n", "etc/centos-release": "CentOS Linux release 7.9.2009 (Core)\n" },
  {
    "etc/os-release": 'ID="ol"\nVERSION_ID="8.9"\n',
    "etc/oracle-release": "Oracle Linux Server release 8.9\n",
    "etc/redhat-release": "Red Hat Enterprise Linux release 8.9 (Ootpa)\n",
  },
  { "etc/os-release": 'ID="amzn"\nVERSION_ID="2"\n', "etc/system-release": "Amazon Linux release 2 (Karoo)\n" },
])("what real images say is none: %j", (texts) => {
  expect(problemsOf(texts)).toEqual([]);
});
