// SPDX-License-Identifier: Apache-2.0

/** Names that are no ids of SPDX and stand in packages all the same, in lower case with single blanks. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    apache: "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache-2": "Apache-2.0",
    apache2: "Apache-2.0",
    "apache2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "apache software license version 2.0": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "asl 2.0": "Apache-2.0",
    "al-2.0": "Apache-2.0",
    mit: "MIT",
    "mit license": "MIT",
    "the mit license": "MIT",
    "mit/x11": "MIT",
    "mit/expat": "MIT",
    expat: "MIT",
    "x/mit": "MIT",
    bsd: "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd-like": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "new bsd license": "BSD-3-Clause",
    "modified bsd": "BSD-3-Clause",
    "modified bsd license": "BSD-3-Clause",
    "3-clause bsd": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd-3": "BSD-3-Clause",
    "bsd-3-clause license": "BSD-3-Clause",
    "simplified bsd": "BSD-2-Clause",
    "simplified bsd license": "BSD-2-Clause",
    "2-clause bsd": "BSD-2-Clause",
    "bsd 2-clause": "BSD-2-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd-2": "BSD-2-Clause",
    freebsd: "BSD-2-Clause",
    "bsd-4-clause-uc": "BSD-4-Clause-UC",
    gpl: "GPL-1.0-or-later",
    "gnu gpl": "GPL-1.0-or-later",
    "gnu general public license": "GPL-1.0-or-later",
    "gpl-1": "GPL-1.0-only",
    "gpl-1+": "GPL-1.0-or-later",
    "gpl-2": "GPL-2.0-only",
    gplv2: "GPL-2.0-only",
    "gpl v2": "GPL-2.0-only",
    "gpl 2": "GPL-2.0-only",
    "gpl 2.0": "GPL-2.0-only",
    "gnu gplv2": "GPL-2.0-only",
    "gpl-2+": "GPL-2.0-or-later",
    "gplv2+": "GPL-2.0-or-later",
    "gpl-2.0+": "GPL-2.0-or-later",
    "gpl-3": "GPL-3.0-only",
    gplv3: "GPL-3.0-only",
    "gpl v3": "GPL-3.0-only",
    "gpl 3": "GPL-3.0-only",
    "gnu gplv3": "GPL-3.0-only",
    "gpl-3+": "GPL-3.0-or-later",
    "gplv3+": "GPL-3.0-or-later",
    "gpl-3.0+": "GPL-3.0-or-later",
    lgpl: "LGPL-2.0-or-later",
    "gnu lgpl": "LGPL-2.0-or-later",
    "lgpl-2": "LGPL-2.0-only",
    "lgpl-2+": "LGPL-2.0-or-later",
    lgplv2: "LGPL-2.0-only",
    "lgplv2+": "LGPL-2.0-or-later",
    "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-2.1+": "LGPL-2.1-or-later",
    lgplv21: "LGPL-2.1-only",
    "lgplv2.1": "LGPL-2.1-only",
    "lgplv2.1+": "LGPL-2.1-or-later",
    "lgpl-3": "LGPL-3.0-only",
    "lgpl-3+": "LGPL-3.0-or-later",
    lgplv3: "LGPL-3.0-only",
    "lgplv3+": "LGPL-3.0-or-later",
    agpl: "AGPL-3.0-or-later",
    "agpl-3": "AGPL-3.0-only",
    "agpl-3+": "AGPL-3.0-or-later",
    agplv3: "AGPL-3.0-only",
    "agplv3+": "AGPL-3.0-or-later",
    "gnu agplv3": "AGPL-3.0-only",
    "gnu affero general public license v3": "AGPL-3.0-only",
    mpl: "MPL-2.0",
    "mpl 2.0": "MPL-2.0",
    "mpl-2": "MPL-2.0",
    "mplv2.0": "MPL-2.0",
    "mozilla public license 2.0": "MPL-2.0",
    "mpl-1.1": "MPL-1.1",
    "epl 1.0": "EPL-1.0",
    "epl 2.0": "EPL-2.0",
    "eclipse public license 1.0": "EPL-1.0",
    "eclipse public license 2.0": "EPL-2.0",
    "eclipse public license - v 1.0": "EPL-1.0",
    "eclipse public license - v 2.0": "EPL-2.0",
    "eclipse distribution license - v 1.0": "BSD-3-Clause",
    cddl: "CDDL-1.0",
    "cddl 1.0": "CDDL-1.0",
    "cddl + gplv2 with classpath exception": "CDDL-1.1 OR GPL-2.0-only WITH Classpath-exception-2.0",
    isc: "ISC",
    "isc license": "ISC",
    iscl: "ISC",
    psf: "PSF-2.0",
    psfl: "PSF-2.0",
    "psf license": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    python: "Python-2.0",
    zlib: "Zlib",
    "zlib/libpng": "Zlib",
    boost: "BSL-1.0",
    "boost software license 1.0": "BSL-1.0",
    "boost-1.0": "BSL-1.0",
    artistic: "Artistic-1.0-Perl",
    "artistic-2": "Artistic-2.0",
    "artistic 2.0": "Artistic-2.0",
    perl: "Artistic-1.0-Perl OR GPL-1.0-or-later",
    "same as perl": "Artistic-1.0-Perl OR GPL-1.0-or-later",
    ruby: "Ruby",
    "ruby's": "Ruby",
    cc0: "CC0-1.0",
    "cc0 1.0": "CC0-1.0",
    "cc0 1.0 universal": "CC0-1.0",
    unlicense: "Unlicense",
    "the unlicense": "Unlicense",
    unlicensed: "LicenseRef-Proprietary",
    "public domain": "LicenseRef-public-domain",
    "public-domain": "LicenseRef-public-domain",
    pd: "LicenseRef-public-domain",
    proprietary: "LicenseRef-Proprietary",
    commercial: "LicenseRef-Commercial",
    wtfpl: "WTFPL",
    php: "PHP-3.01",
    "php-3": "PHP-3.0",
    "php license 3.01": "PHP-3.01",
    "openldap-2.8": "OLDAP-2.8",
    sspl: "SSPL-1.0",
    "server side public license": "SSPL-1.0",
    "elastic license 2.0": "Elastic-2.0",
    "bsl 1.1": "BUSL-1.1",
    "business source license 1.1": "BUSL-1.1",
    openssl: "OpenSSL",
    ofl: "OFL-1.1",
    "sil open font license 1.1": "OFL-1.1",
    "zpl 2.1": "ZPL-2.1",
    "zope public license": "ZPL-2.1",
    permissive: "LicenseRef-permissive",
  }),
);

/** Names in the classifiers of PyPI (`License :: OSI Approved :: …`). */
const CLASSIFIERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "boost software license 1.0 (bsl-1.0)": "BSL-1.0",
    "cc0 1.0 universal (cc0 1.0) public domain dedication": "CC0-1.0",
    "common development and distribution license 1.0 (cddl-1.0)": "CDDL-1.0",
    "eclipse public license 1.0 (epl-1.0)": "EPL-1.0",
    "eclipse public license 2.0 (epl-2.0)": "EPL-2.0",
    "european union public licence 1.2 (eupl 1.2)": "EUPL-1.2",
    "gnu affero general public license v3": "AGPL-3.0-only",
    "gnu affero general public license v3 or later (agplv3+)": "AGPL-3.0-or-later",
    "gnu general public license (gpl)": "GPL-1.0-or-later",
    "gnu general public license v2 (gplv2)": "GPL-2.0-only",
    "gnu general public license v2 or later (gplv2+)": "GPL-2.0-or-later",
    "gnu general public license v3 (gplv3)": "GPL-3.0-only",
    "gnu general public license v3 or later (gplv3+)": "GPL-3.0-or-later",
    "gnu lesser general public license v2 (lgplv2)": "LGPL-2.0-only",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.0-or-later",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "gnu lesser general public license v3 or later (lgplv3+)": "LGPL-3.0-or-later",
    "gnu library or lesser general public license (lgpl)": "LGPL-2.0-or-later",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mit no attribution license (mit-0)": "MIT-0",
    "mozilla public license 1.1 (mpl 1.1)": "MPL-1.1",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
    "universal permissive license (upl)": "UPL-1.0",
    "w3c license": "W3C",
    "zope public license": "ZPL-2.1",
    "zlib/libpng license": "Zlib",
    "other/proprietary license": "LicenseRef-Proprietary",
    "public domain": "LicenseRef-public-domain",
  }),
);

/** Addresses that stand where a name should. */
const ADDRESSES: readonly (readonly [RegExp, string])[] = [
  [/^https?:\/\/(?:www\.)?apache\.org\/licenses\/LICENSE-2\.0/i, "Apache-2.0"],
  [/^https?:\/\/(?:www\.)?opensource\.org\/licenses\/mit(?:-license)?/i, "MIT"],
  [/^https?:\/\/(?:www\.)?opensource\.org\/licenses\/bsd-license/i, "BSD-2-Clause"],
  [/^https?:\/\/(?:www\.)?eclipse\.org\/legal\/epl-v10/i, "EPL-1.0"],
  [/^https?:\/\/(?:www\.)?eclipse\.org\/legal\/epl-(?:v20|2\.0)/i, "EPL-2.0"],
  [/^https?:\/\/(?:www\.)?gnu\.org\/licenses\/(?:old-licenses\/)?lgpl-2\.1/i, "LGPL-2.1-only"],
  [/^https?:\/\/(?:www\.)?mozilla\.org\/(?:en-US\/)?MPL\/2\.0/i, "MPL-2.0"],
];

/** The licence as an expression of SPDX, as far as its name is known; else the text as it was, without blanks around it. */
export function normalizeLicense(text: string): string {
  const trimmed = text.trim();
  const classifier = /^License ::(?:.{0,80} ::)? ([^:]{1,200})$/i.exec(trimmed)?.[1];
  if (classifier !== undefined) {
    return CLASSIFIERS.get(classifier.trim().toLowerCase()) ?? normalizeLicense(classifier);
  }
  const address = ADDRESSES.find(([pattern]) => pattern.test(trimmed))?.[1];
  return address ?? NAMES.get(keyOf(trimmed)) ?? normalizeParts(trimmed);
}

/** Debian and RPM write `GPL-2+ or Artistic`, `MIT and BSD`, `Apache-2.0/MIT`. */
function normalizeParts(text: string): string {
  if (text.includes("(") || text.length > 400) {
    return text;
  }
  // Names with a slash of their own are known as a whole, above.
  const words = text
    .replaceAll(/\s*[/|]\s*|\s+(?:and\/or|or)\s+/gi, " OR ")
    .replaceAll(/\s*[,;&]\s*|\s+and\s+/gi, " AND ");
  const parts = words.split(/ (OR|AND) /);
  return parts.length === 1
    ? text
    : parts.map((part, index) => (index % 2 === 0 ? (NAMES.get(keyOf(part)) ?? part) : part)).join(" ");
}

function keyOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/licence/g, "license")
    .replaceAll(/[,()"]/g, " ")
    .replaceAll(/\bversion (?=\d)/g, "")
    .replaceAll(/\bv(?=\d)/g, text.includes(" v") ? "" : "v")
    .replace(/^the (?=apache|bsd|gnu|boost|eclipse)/, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
