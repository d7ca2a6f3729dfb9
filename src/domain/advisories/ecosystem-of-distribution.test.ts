// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { isKnownEcosystem, versionSchemeOf } from "./ecosystem.ts";
import { ecosystemOf } from "./ecosystem-of-distribution.ts";

const DISTRIBUTIONS: readonly {
  readonly id: string;
  readonly versionId?: string;
  readonly prettyName?: string;
  readonly ecosystem: string | undefined;
}[] = [
  { id: "debian", versionId: "12", ecosystem: "Debian:12" },
  { id: "debian", ecosystem: undefined },
  { id: "debian", versionId: "12\n", ecosystem: undefined },
  { id: "alpine", versionId: "3.20.3", ecosystem: "Alpine:v3.20" },
  { id: "alpine", versionId: "3.23_alpha20250612", ecosystem: undefined },
  { id: "ubuntu", versionId: "24.04", ecosystem: "Ubuntu:24.04:LTS" },
  { id: "ubuntu", versionId: "23.04", ecosystem: "Ubuntu:23.04" },
  { id: "ubuntu", versionId: "24.10", ecosystem: "Ubuntu:24.10" },
  { id: "wolfi", versionId: "20230201", ecosystem: "Wolfi" },
  { id: "chainguard", versionId: "20230214", ecosystem: "Chainguard" },
  { id: "minimos", versionId: "20250101", ecosystem: "MinimOS" },
  { id: "alpaquita", versionId: "23", ecosystem: "Alpaquita:23" },
  { id: "alpaquita", versionId: "stream", ecosystem: "Alpaquita:stream" },
  { id: "rhel", versionId: "9.4", ecosystem: "Red Hat:enterprise_linux:9" },
  { id: "rhel", versionId: "10.1", ecosystem: "Red Hat:enterprise_linux:10" },
  { id: "rhel", versionId: "9.4.1", ecosystem: undefined },
  { id: "centos", versionId: "7", prettyName: "CentOS Linux 7 (Core)", ecosystem: "Red Hat:enterprise_linux:7" },
  { id: "centos", versionId: "7.9.2009", ecosystem: "Red Hat:enterprise_linux:7" },
  { id: "centos", versionId: "8", prettyName: "CentOS Stream 8", ecosystem: undefined },
  { id: "centos", versionId: "9", prettyName: "CentOS Stream 9", ecosystem: undefined },
  { id: "almalinux", versionId: "9.3", ecosystem: "AlmaLinux:9" },
  { id: "rocky", versionId: "9.3", ecosystem: "Rocky Linux:9" },
  { id: "ol", versionId: "8.9", ecosystem: "Oracle Linux:8" },
  { id: "amzn", versionId: "2018.03", ecosystem: "Amazon Linux:1" },
  { id: "amzn", versionId: "2", ecosystem: "Amazon Linux:2" },
  { id: "amzn", versionId: "2023", ecosystem: "Amazon Linux:2023" },
  { id: "amzn", versionId: "3", ecosystem: undefined },
  { id: "fedora", versionId: "41", ecosystem: "Fedora:41" },
  { id: "fedora", versionId: "rawhide", ecosystem: undefined },
  { id: "sles", versionId: "15.6", ecosystem: "SUSE:Linux Enterprise Server 15 SP6" },
  { id: "sles", versionId: "15", ecosystem: "SUSE:Linux Enterprise Server 15" },
  { id: "sles", versionId: "12.5", ecosystem: "SUSE:Linux Enterprise Server 12 SP5" },
  { id: "sles", versionId: "16.0", ecosystem: "SUSE:Linux Enterprise Server 16.0" },
  { id: "sle-micro", versionId: "5.5", ecosystem: "SUSE:Linux Enterprise Micro 5.5" },
  { id: "sl-micro", versionId: "6.1", ecosystem: "SUSE:Linux Micro 6.1" },
  { id: "opensuse-leap", versionId: "15.6", ecosystem: "openSUSE:Leap 15.6" },
  { id: "opensuse-tumbleweed", versionId: "20261122", ecosystem: "openSUSE:Tumbleweed" },
  { id: "photon", versionId: "5.0", ecosystem: "Photon OS:5.0" },
  { id: "azurelinux", versionId: "3.0", ecosystem: "Azure Linux:3" },
  { id: "mariner", versionId: "2.0", ecosystem: "Azure Linux:2" },
  { id: "mariner", versionId: "1.0", ecosystem: undefined },
  { id: "mageia", versionId: "9", ecosystem: "Mageia:9" },
  {
    id: "openEuler",
    versionId: "24.03",
    prettyName: "openEuler 24.03 (LTS-SP1)",
    ecosystem: "openEuler:24.03-LTS-SP1",
  },
  { id: "openEuler", versionId: "22.03", prettyName: "openEuler 22.03 (LTS)", ecosystem: "openEuler:22.03-LTS" },
  { id: "openEuler", versionId: "23.09", prettyName: "openEuler 23.09", ecosystem: "openEuler:23.09" },
  { id: "openEuler", versionId: "24.03", ecosystem: undefined },
  { id: "gentoo", versionId: "2.17", ecosystem: undefined },
  { id: "windows", versionId: "10.0.20348", ecosystem: undefined },
  { id: "", versionId: "12", ecosystem: undefined },
  { id: "toString", versionId: "12", ecosystem: undefined },
];

it.each(DISTRIBUTIONS)("$id $versionId $prettyName → $ecosystem", ({ ecosystem, ...distribution }) => {
  expect(ecosystemOf(distribution)).toBe(ecosystem);
});

it("every ecosystem of a distribution is known and has a version scheme", () => {
  for (const { ecosystem } of DISTRIBUTIONS) {
    if (ecosystem !== undefined) {
      expect(isKnownEcosystem(ecosystem)).toBe(true);
      expect(["dpkg", "apk", "rpm"]).toContain(versionSchemeOf(ecosystem));
    }
  }
});

it.each([
  { ecosystem: "PyPI", scheme: "pep440" },
  { ecosystem: "Go", scheme: "go" },
  { ecosystem: "Maven", scheme: "maven" },
  { ecosystem: "RubyGems", scheme: "rubygems" },
  { ecosystem: "Packagist", scheme: "composer" },
  { ecosystem: "crates.io", scheme: "semver" },
  { ecosystem: "Pub", scheme: "semver" },
  { ecosystem: "GitHub Actions", scheme: "semver" },
  { ecosystem: "NuGet", scheme: "nuget" },
  { ecosystem: "Hex", scheme: "hex" },
  { ecosystem: "Conda", scheme: "conda" },
  { ecosystem: "Android", scheme: undefined },
  { ecosystem: "nobody knows", scheme: undefined },
  { ecosystem: "__proto__", scheme: undefined },
])("versions of $ecosystem: $scheme", ({ ecosystem, scheme }) => {
  expect(versionSchemeOf(ecosystem)).toBe(scheme);
});
