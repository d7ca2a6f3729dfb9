// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Advisory } from "./advisory.ts";
import { createOvalReader } from "./oval/oval-reader.ts";
import { createUpdateinfoReader } from "./updateinfo/updateinfo-reader.ts";
import type { XmlRecordReader } from "./xml-record-reader.ts";

/** Everything that a reader gives, fed in pieces of that many characters. */
function readAll(reader: XmlRecordReader, xml: string, step = 97) {
  const records = [];
  for (let at = 0; at < xml.length; at += step) {
    records.push(...reader.write(xml.slice(at, at + step)));
  }
  records.push(...reader.end());
  return records;
}

function summaryOf(advisories: readonly Advisory[]) {
  return advisories.map(({ ecosystem, packageName, id, module, ranges, status, upstream, severity }) =>
    [ecosystem, packageName, module, id, ...ranges.map((each) => each.fixed ?? "open"), status, severity, ...upstream]
      .filter((part) => part !== undefined)
      .join(" | "),
  );
}

const UPDATEINFO = `<?xml version="1.0" ?>
<updates>
  <update author="linux-security@amazon.com" from="linux-security@amazon.com" status="final" type="security" version="1.4">
    <id>ALAS2023-2024-700</id><title>Amazon Linux 2023 - ALAS2023-2024-700: Important priority package update for openssl</title>
    <issued date="2024-08-28T20:45:00Z"/><updated date="2024-09-03T21:15:00Z"/><severity>important</severity>
    <description>Package updates are available that fix: CVE-2024-6119: &lt;b&gt;bad&lt;/b&gt;</description>
    <references><reference href="https://cve.mitre.org/cgi-bin/cvename.cgi?name=CVE-2024-6119" id="CVE-2024-6119" title="" type="cve"/></references>
    <pkglist><collection short="amazon-linux-2023"><name>Amazon Linux 2023</name>
      <package arch="x86_64" epoch="1" name="openssl-libs" release="1.amzn2023.0.14" version="3.0.8"><filename>p.rpm</filename></package>
      <package arch="aarch64" epoch="1" name="openssl-libs" release="1.amzn2023.0.14" version="3.0.8"><filename>p.rpm</filename></package>
      <package arch="x86_64" epoch="0" name="kernel-livepatch-6.1" release="1" version="1"/>
    </collection></pkglist>
  </update>
  <update from="releng@rockylinux.org" status="final" type="security" version="2">
    <id>RLSA-2023:5850</id><title>Important: nodejs:16 security update</title>
    <issued date="2023-10-20 01:02:03"/><severity>Important</severity>
    <references><reference href="https://access.redhat.com/security/cve/CVE-2023-44487" id="CVE-2023-44487" type="cve" title="CVE-2023-44487"/></references>
    <pkglist><collection short="m"><name>m</name><module name="nodejs" stream="16" version="1" context="c" arch="x86_64"/>
      <package name="nodejs" version="16.20.2" release="3.module+el8.8.0+1547+cf21fed6" epoch="1" arch="x86_64" src="nodejs.src.rpm"/>
    </collection></pkglist>
  </update>
  <update type="bugfix"><id>ALAS2023-2024-701</id></update>
  <update type="security"><id>openSUSE-2024-123</id><title>Security update for chromium</title>
    <pkglist><collection><package name="chromium" version="125.0.6422.76" release="bp155.2.85.1" epoch="0" arch="x86_64"/></collection></pkglist>
  </update>
</updates>`;

describe("update information", () => {
  it.each([1, 7, 100_000])("in pieces of %i characters", (step) => {
    const reader = createUpdateinfoReader();
    const records = readAll(reader, UPDATEINFO, step);
    expect(records.flatMap(({ advisories = [] }) => summaryOf(advisories))).toEqual([
      "Amazon Linux:2023 | openssl-libs | ALAS2023-2024-700 | 1:3.0.8-1.amzn2023.0.14 | high | CVE-2024-6119",
      "Rocky Linux:8 | nodejs | nodejs:16 | RLSA-2023:5850 | 1:16.20.2-3.module+el8.8.0+1547+cf21fed6 | high | CVE-2023-44487",
    ]);
    expect(records.map(({ skipped }) => skipped)).toEqual([{}, {}, { unknownEcosystem: 1 }]);
    expect(reader.newest()).toBe("2024-09-03T21:15:00Z");
  });

  it("of a distribution that somebody names", () => {
    const records = readAll(createUpdateinfoReader({ ecosystem: "openSUSE:Leap 15.5" }), UPDATEINFO);
    expect(records.at(-1)?.advisories).toMatchObject([{ ecosystem: "openSUSE:Leap 15.5", packageName: "chromium" }]);
  });
});

const UBUNTU = `<?xml version="1.0" encoding="UTF-8"?>
<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5"><definitions>
<definition class="vulnerability" id="oval:com.ubuntu.jammy:def:202407270000000" version="1">
  <metadata><title>CVE-2024-0727 on Ubuntu 22.04 LTS (jammy) - low</title><description>Issue summary: PKCS12
 and more</description>
  <reference source="CVE" ref_id="CVE-2024-0727" ref_url="https://ubuntu.com/security/CVE-2024-0727"/>
  <advisory><severity>Low</severity><public_date>2024-01-26 09:15:00 UTC</public_date></advisory></metadata>
  <criteria><extend_definition definition_ref="x" applicability_check="true" comment="Ubuntu 22.04 LTS (jammy) is installed."/>
  <criteria operator="OR">
    <criterion test_ref="t1" comment="openssl package in jammy was vulnerable but has been fixed (note: '3.0.2-0ubuntu1.14')."/>
    <criterion test_ref="t2" comment="edk2 package in jammy is affected and needs fixing."/>
    <criterion test_ref="t4" comment="shim package in jammy is affected and needs fixing (note: 'the signed one is not affected')."/>
    <criterion test_ref="t5" comment="grub2 package in jammy is affected and needs fixing."/>
    <criterion test_ref="t6" comment="grub2 package in jammy, while related to the CVE in some way, is not affected."/>
    <criterion test_ref="t3" comment="nodejs package in jammy is affected, but a decision has been made to defer addressing it (note: '2024-01-30')."/>
  </criteria></criteria>
</definition>
<definition class="vulnerability" id="oval:com.ubuntu.jammy:def:1"><metadata><title>CVE-2000-0001</title></metadata><criteria><criterion comment="in words of next year"/></criteria></definition>
<definition class="inventory" id="oval:com.ubuntu.jammy:def:100"><metadata><title>Check that Ubuntu 22.04 LTS (jammy) is installed.</title></metadata></definition>
</definitions></oval_definitions>`;

const ORACLE = `<oval:oval_definitions xmlns:oval="urn:x"><definitions>
<definition id="oval:com.oracle.elsa:def:20236887" version="501" class="patch">
<metadata><title>ELSA-2023-6887:  container-tools:4.0 security update (IMPORTANT)</title>
<affected family="unix"><platform>Oracle Linux 8</platform></affected>
<reference source="elsa" ref_id="ELSA-2023-6887" ref_url="https://linux.oracle.com/errata/ELSA-2023-6887.html"/>
<reference source="CVE" ref_id="CVE-2023-29406" ref_url="https://linux.oracle.com/cve/CVE-2023-29406.html"/>
<advisory><severity>IMPORTANT</severity><issued date="2023-11-17"/></advisory></metadata>
<criteria operator="AND"><criterion comment="Oracle Linux 8 is installed"/><criterion comment="Module container-tools:4.0 is enabled"/>
<criteria operator="OR"><criteria><criterion comment="podman is earlier than 1:4.0.2-25.module+el8.9.0+90074+f9fbea3f"/><criterion comment="podman is signed with the Oracle Linux 8 key"/></criteria>
<criterion comment="glibc is earlier than 2:2.28-225.0.4.ksplice1.el8_8.6"/></criteria></criteria></definition></definitions></oval:oval_definitions>`;

describe("OVAL", () => {
  it("of Ubuntu", () => {
    const reader = createOvalReader();
    const records = readAll(reader, UBUNTU);
    expect(records.flatMap(({ advisories = [] }) => summaryOf(advisories))).toEqual([
      "Ubuntu:22.04:LTS | openssl | CVE-2024-0727 | 3.0.2-0ubuntu1.14 | low",
      "Ubuntu:22.04:LTS | edk2 | CVE-2024-0727 | open | low",
      "Ubuntu:22.04:LTS | shim | CVE-2024-0727 | open | low",
      "Ubuntu:22.04:LTS | grub2 | CVE-2024-0727 | open | low",
      "Ubuntu:22.04:LTS | nodejs | CVE-2024-0727 | open | deferred | low",
    ]);
    expect(records.flatMap(({ problems }) => problems)).toEqual([
      { message: "CVE-2000-0001: no criterion is understood" },
    ]);
    expect([reader.source, reader.newest()]).toEqual(["ubuntu-oval", "2024-01-26T09:15:00Z"]);
  });

  it("of Oracle, without versions of ksplice", () => {
    const records = readAll(createOvalReader(), ORACLE);
    expect(records.flatMap(({ advisories = [] }) => summaryOf(advisories))).toEqual([
      "Oracle Linux:8 | podman | container-tools:4.0 | ELSA-2023-6887 | 1:4.0.2-25.module+el8.9.0+90074+f9fbea3f | high | CVE-2023-29406",
    ]);
  });
});

describe("hostile XML throws, and soon", () => {
  it.each([
    {
      name: "a document type with entities",
      xml: '<!DOCTYPE u [<!ENTITY a "b">]><updates><update type="security"><id>&a;</id></update></updates>',
    },
    { name: "an entity of nobody", xml: "<updates><update><id>&unknown;</id></update></updates>" },
    { name: "no end", xml: "<updates><update>" },
    { name: "depth outside a record", xml: "<a>".repeat(100_000) },
    { name: "depth inside a record", xml: `<updates><update>${"<a>".repeat(100_000)}` },
    { name: "endless elements", xml: `<updates><update>${"<a/>".repeat(300_000)}` },
    { name: "endless text", xml: `<updates><update><id>${"x".repeat(2_000_000)}` },
    { name: "no XML", xml: "hello" },
  ])("$name", ({ xml }) => {
    expect(() => readAll(createUpdateinfoReader(), xml, 65_536)).toThrow();
  });
});
