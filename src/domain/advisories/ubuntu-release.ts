// SPDX-License-Identifier: Apache-2.0

/** Releases of Ubuntu by the first word of their names. */
const RELEASES: Readonly<Record<string, string>> = {
  trusty: "14.04:LTS",
  xenial: "16.04:LTS",
  bionic: "18.04:LTS",
  focal: "20.04:LTS",
  jammy: "22.04:LTS",
  mantic: "23.10",
  noble: "24.04:LTS",
  oracular: "24.10",
  plucky: "25.04",
  questing: "25.10",
  resolute: "26.04:LTS",
};

/** The ecosystem of a release by its name, `jammy` or, of Ubuntu Pro, `esm-infra/xenial`; `undefined` for one that is not known. */
export function ubuntuEcosystem(codename: string): string | undefined {
  const [pocket, name] = codename.includes("/") ? codename.split("/", 2) : [undefined, codename];
  const release = name !== undefined && Object.hasOwn(RELEASES, name) ? RELEASES[name] : undefined;
  if (release === undefined) {
    return undefined;
  }
  return pocket === undefined ? `Ubuntu:${release}` : `Ubuntu:Pro:${release}`;
}
