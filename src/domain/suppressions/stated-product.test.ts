// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toStatedPackage, toStatedProduct } from "./stated-product.ts";

describe("package URLs, by the test vectors of purl-spec for the types that packages here have", () => {
  it.each([
    {
      purl: "pkg:maven/org.apache.commons/io@1.3.4",
      want: { type: "maven", namespace: "org.apache.commons", name: "io", version: "1.3.4" },
    },
    { purl: "pkg:maven/org.apache.commons/io", want: { type: "maven", namespace: "org.apache.commons", name: "io" } },
    {
      purl: "pkg:Maven/org.apache.xmlgraphics/batik-anim@1.9.1?classifier=sources&repositorY_url=repo.spring.io/release",
      want: {
        type: "maven",
        namespace: "org.apache.xmlgraphics",
        name: "batik-anim",
        version: "1.9.1",
        qualifiers: { classifier: "sources", repository_url: "repo.spring.io/release" },
      },
    },
    {
      purl: "pkg:Maven/net.sf.jacob-project/jacob@1.14.3?type=dll&classifier=x86",
      want: {
        type: "maven",
        namespace: "net.sf.jacob-project",
        name: "jacob",
        version: "1.14.3",
        qualifiers: { classifier: "x86", type: "dll" },
      },
    },
    {
      purl: "pkg:GOLANG/google.golang.org/genproto@abcdedf#/googleapis/api/annotations/",
      want: { type: "golang", namespace: "google.golang.org", name: "genproto", version: "abcdedf" },
    },
    {
      purl: "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
      want: {
        type: "deb",
        namespace: "debian",
        name: "curl",
        version: "7.50.3-1",
        qualifiers: { arch: "i386", distro: "jessie" },
      },
    },
    {
      purl: "pkg:gem/ruby-advisory-db-check@0.12.4",
      want: { type: "gem", name: "ruby-advisory-db-check", version: "0.12.4" },
    },
    {
      purl: "pkg:gem/jruby-launcher@1.1.2?Platform=java",
      want: { type: "gem", name: "jruby-launcher", version: "1.1.2", qualifiers: { platform: "java" } },
    },
    { purl: "pkg:npm/foobar@12.3.1", want: { type: "npm", name: "foobar", version: "12.3.1" } },
    {
      purl: "pkg:npm/%40angular/animation@12.3.1",
      want: { type: "npm", namespace: "@angular", name: "animation", version: "12.3.1" },
    },
    {
      purl: "pkg:Nuget/EnterpriseLibrary.Common@6.0.1304",
      want: { type: "nuget", name: "EnterpriseLibrary.Common", version: "6.0.1304" },
    },
    {
      purl: "pkg:PYPI/Django_package@1.11.1.dev1",
      want: { type: "pypi", name: "django-package", version: "1.11.1.dev1" },
    },
    {
      purl: "pkg:composer/Laravel/Laravel@5.5.0",
      want: { type: "composer", namespace: "laravel", name: "laravel", version: "5.5.0" },
    },
    {
      purl: "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25",
      want: {
        type: "rpm",
        namespace: "fedora",
        name: "curl",
        version: "7.50.3-1.fc25",
        qualifiers: { arch: "i386", distro: "fedora-25" },
      },
    },
    { purl: "pkg:cargo/structopt@0.3.11", want: { type: "cargo", name: "structopt", version: "0.3.11" } },
    { purl: "pkg:hex/acme/foo@2.3.", want: { type: "hex", namespace: "acme", name: "foo", version: "2.3." } },
    {
      purl: "pkg:generic/openssl@1.1.10g?download_url=https%3A%2F%2Fopenssl.org%2Fsource%2Fopenssl-1.1.0g.tar.gz",
      want: {
        type: "generic",
        name: "openssl",
        version: "1.1.10g",
        qualifiers: { download_url: "https://openssl.org/source/openssl-1.1.0g.tar.gz" },
      },
    },
    { purl: "pkg://maven/org.apache.commons/io", want: { type: "maven", namespace: "org.apache.commons", name: "io" } },
    { purl: "pkg:/npm/foobar", want: { type: "npm", name: "foobar" } },
  ])("$purl", ({ purl, want }) => {
    expect(toStatedPackage(purl)).toEqual(want);
  });

  it.each([
    "EnterpriseLibrary.Common@6.0.1304",
    "pkg:EnterpriseLibrary.Common@6.0.1304",
    "pkg:maven/@1.3.4",
    "pkg:npm/",
    "pkg:",
    "pkg:n&g?inx/nginx@0.8.9",
    "http://example.com",
  ])("%s is none", (purl) => {
    expect(toStatedPackage(purl)).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.constantFrom("pkg:", "pkg:npm/", "pkg:oci/a@", "sha256:", ""),
        (text, head) => {
          toStatedPackage(`${head}${text}`);
          toStatedProduct(`${head}${text}`, undefined);
        },
      ),
    );
  });
});
