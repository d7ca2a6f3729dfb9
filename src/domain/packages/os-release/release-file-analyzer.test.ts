// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Distribution } from "../inventory.ts";
import { releaseFileAnalyzer } from "./release-file-analyzer.ts";
import { RELEASE_FILE_PATHS } from "./release-files.ts";

function read(path: string, content: string | Uint8Array): Distribution | undefined {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const result = releaseFileAnalyzer.analyze({ path, bytes });
  expect(result.problems).toEqual([]);
  return result.distribution;
}

it.each([
  { path: "etc/debian_version", want: true },
  { path: "etc/SuSE-release", want: true },
  { path: "etc/os-release", want: false },
  { path: "srv/etc/debian_version", want: false },
])("wants $path: $want", ({ path, want }) => {
  expect(releaseFileAnalyzer.wants(path)).toBe(want);
});

it.each([
  { path: "etc/debian_version", content: "6.0.10\n", want: "debian 6" },
  { path: "etc/debian_version", content: "12.5\n", want: "debian 12" },
  { path: "etc/debian_version", content: "trixie/sid\n", want: "debian" },
  { path: "etc/debian_version", content: "kali-rolling\n", want: undefined },
  {
    path: "etc/lsb-release",
    content:
      'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_CODENAME=trusty\nDISTRIB_DESCRIPTION="Ubuntu 14.04.6 LTS"\n',
    want: "ubuntu 14.04",
  },
  { path: "etc/lsb-release", content: "LSB_VERSION=core-4.1\n", want: undefined },
  { path: "etc/alpine-release", content: "3.20.3\n", want: "alpine 3.20.3" },
  { path: "etc/alpine-release", content: "3.23.0_alpha20250612\n", want: undefined },
  { path: "etc/centos-release", content: "CentOS release 6.10 (Final)\n", want: "centos 6.10" },
  { path: "etc/centos-release", content: "CentOS Stream release 9\n", want: "centos 9" },
  {
    path: "etc/redhat-release",
    content: "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n",
    want: "rhel 6.10",
  },
  { path: "etc/redhat-release", content: "Derived from Red Hat Enterprise Linux 7.1 (Source)\n", want: undefined },
  { path: "etc/oracle-release", content: "Oracle Linux Server release 6.10\n", want: "ol 6.10" },
  { path: "etc/rocky-release", content: "Rocky Linux release 8.5 (Green Obsidian)\n", want: "rocky 8.5" },
  { path: "etc/almalinux-release", content: "AlmaLinux release 8.4 (Electric Cheetah)\n", want: "almalinux 8.4" },
  { path: "etc/fedora-release", content: "Fedora release 20 (Heisenbug)\n", want: "fedora 20" },
  { path: "etc/system-release", content: "Amazon Linux AMI release 2018.03\n", want: "amzn 2018.03" },
  {
    path: "etc/SuSE-release",
    content: "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",
    want: "sles 11.4",
  },
  { path: "etc/SuSE-release", content: "openSUSE 13.2 (x86_64)\nVERSION = 13.2\n", want: "opensuse 13.2" },
  { path: "etc/photon-release", content: "VMware Photon Linux 1.0\nPHOTON_BUILD_NUMBER=62c543d\n", want: "photon 1.0" },
  { path: "etc/mariner-release", content: "CBL-Mariner 1.0.20200101\n", want: "mariner 1.0" },
  { path: "etc/redhat-release", content: "", want: undefined },
  { path: "etc/redhat-release", content: Buffer.from("CentOS \xff release 6", "latin1"), want: undefined },
  { path: "etc/redhat-release", content: `CentOS${" a".repeat(5_000_000)}`, want: undefined },
])("$path of $want", ({ path, content, want }) => {
  const found = read(path, content);
  expect(found === undefined ? undefined : [found.id, found.versionId].filter(Boolean).join(" ")).toBe(want);
});

it("tells CentOS Stream from CentOS Linux", () => {
  expect(read("etc/centos-release", "CentOS Stream release 8\n")?.prettyName).toBe("CentOS Stream 8");
});

it("never throws", () => {
  fc.assert(
    fc.property(fc.constantFrom(...RELEASE_FILE_PATHS), fc.string({ unit: "binary" }), (path, text) => {
      read(path, text);
    }),
  );
});
