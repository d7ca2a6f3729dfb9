// SPDX-License-Identifier: Apache-2.0

/**
 * What a licence asks of whoever passes the software on, strictest first. The words and most of the order are those of Google's
 * public guide on third-party licences, which other scanners use as well.
 * `forbidden`: serving it over a network or using it for money has conditions. `restricted`: what is combined with it must be passed
 * on under the same licence. `reciprocal`: changes to itself must. `notice`: the text must go along. `unencumbered`: nothing.
 */
export type LicenseCategory = "forbidden" | "restricted" | "reciprocal" | "notice" | "unencumbered" | "unknown";

/** Mildest first; what nobody knows is between what has conditions and what has hard ones. */
const ORDER: readonly LicenseCategory[] = [
  "unencumbered",
  "notice",
  "reciprocal",
  "unknown",
  "restricted",
  "forbidden",
];

const PATTERNS: readonly (readonly [LicenseCategory, RegExp])[] = [
  [
    "forbidden",
    /^(?:AGPL-|SSPL-|CC-BY-NC|BUSL-|Elastic-2|PolyForm-|Commons-Clause|Parity-|CPAL-|RPL-|Aladdin|Hippocratic-|LicenseRef-(?:Commons-Clause|Proprietary|Commercial)|JSON$|CPOL-|Watcom-|UnRAR|NGPL|Glide)/i,
  ],
  [
    "restricted",
    /^(?:L?GPL-|GFDL-|CC-BY-ND|CC-BY-SA|OSL-|QPL-|Sleepycat$|NPL-|CECILL-(?:1|2)|EUPL-|Nokia$|OCLC-|SISSL|BCL$|LPPL-|copyleft-next|NPOSL|OGTSL|ODbL-|RealNetworks|YPL-|xpp$|Linux-man-pages-copyleft|eCos-2)/i,
  ],
  [
    "reciprocal",
    /^(?:MPL-|EPL-|CDDL-|CPL-|APSL-|IPL-|Ruby$|ErlPL-|MS-RL|CECILL-C|LPL-|Motosoto|SPL-|FreeImage|CUA-OPL|Artistic-1|Interbase|gSOAP|SugarCRM|Frameworx|Ricoh|CNRI-Jython|OFL-|IPA$|Vim$)/i,
  ],
  ["unencumbered", /^(?:0BSD|CC0-|Unlicense$|WTFPL$|MIT-0$|blessing$|PDDL-|SAX-PD|CC-PDDC|LicenseRef-public-domain)/i],
  [
    "notice",
    /^(?:MIT|BSD-|Apache-|ISC$|Zlib|zlib-acknowledgement|libpng|Libpng|PSF-|Python-2|CNRI-Python|OpenSSL|SSLeay|X11|curl$|BSL-1|PHP-3|PostgreSQL$|NCSA$|Unicode-|ICU$|W3C|AFL-|Artistic-2|FTL$|IJG$|HPND|MirOS$|NAIST-2003|NTP|TCL$|Info-ZIP|bzip2-|Beerware|Fair$|FSFAP|FSFUL|GL2PS|Intel$|JasPer|Latex2e|Linux-OpenIB|MS-PL|MulanPSL|Naumen|NetCDF|OLDAP-|OML|PIL$|Plexus|SGI-B|SMLNJ|Spencer-|StandardML|TU-Berlin|UPL-|Xerox|XFree86|Xnet|ZPL-|CC-BY-[0-9]|BlueOak-|ECL-|EFL-|Entessa|Leptonica|Saxpath|TMate|VSL-|Zend-|Abstyles|Adobe-|AML$|Bahyph|Barr$|Borceux|checkmk|CATOSL|CNRI|Crossword|Cube$|DOC$|EUDatagrid|libtiff|mpich2|MITNFA|MTLL|psfrag|psutils|RSA-MD|TOSL|UCAR|Unicode|GD$|WSUIPA|LicenseRef-permissive)/i,
  ],
];

/** Exceptions with which a work may be linked to others. */
const LINKING_EXCEPTION =
  /^(?:Classpath|GCC|Autoconf|Bison|Font|Libtool|Linux-syscall|LLVM|OpenJDK|Qt-|u-boot|WxWindows|eCos|FLTK|GPL-3\.0-linking|LZMA|mif|Nokia|OCaml|Swift|Universal-FOSS|Bootloader|CLISP|DigiRule|Fawkes|freertos|GNAT|gnu-javamail|i2p|Macros)/i;

/** The category of one licence of the SPDX list; `unknown` for what is on no list of ours. */
export function categoryOf(license: string, exception?: string): LicenseCategory {
  const category = PATTERNS.find(([, pattern]) => pattern.test(license))?.[0] ?? "unknown";
  return category === "restricted" && exception !== undefined && LINKING_EXCEPTION.test(exception)
    ? "reciprocal"
    : category;
}

/** Whoever may choose takes the mildest. */
export function mildest(a: LicenseCategory, b: LicenseCategory): LicenseCategory {
  return ORDER.indexOf(a) <= ORDER.indexOf(b) ? a : b;
}

/** Whoever must keep to both keeps to the strictest. */
export function strictest(a: LicenseCategory, b: LicenseCategory): LicenseCategory {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}
