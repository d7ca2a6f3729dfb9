// SPDX-License-Identifier: Apache-2.0

/**
 * The forms in which sources publish. `document`: one JSON record that says by itself what it is (OSV, CSAF, OpenVEX);
 * `documents`: one of those on each line.
 */
export type SourceFormat =
  | "document"
  | "documents"
  | "debian-tracker"
  | "secdb"
  | "alma-errata"
  | "updateinfo"
  | "oval"
  | "kev"
  | "epss"
  | "endoflife"
  | "kubernetes-feed"
  | "nvd";

const HEAD_LENGTH = 65_536;

/**
 * The form of a file by its beginning (at most 64 KiB of text are looked at) and name; `undefined` when it is none that is
 * read here.
 */
export function detectFormat(name: string, beginning: string): SourceFormat | undefined {
  const head = beginning
    .slice(0, HEAD_LENGTH)
    .replace(/^\uFEFF/, "")
    .trimStart();
  if (head.startsWith("<")) {
    if (/<updates[\s>]/.test(head)) {
      return "updateinfo";
    }
    return /<(?:[\w-]{1,32}:)?oval_definitions[\s>]/.test(head) ? "oval" : undefined;
  }
  if (/^#model_version:|^cve,epss,percentile/.test(head)) {
    return "epss";
  }
  if (!/^[[{]/.test(head)) {
    return undefined;
  }
  if (/\.jsonl(?:\.gz|\.zst)?$/.test(name)) {
    return "documents";
  }
  if (/"catalogVersion"/.test(head) && /"dateReleased"|"vulnerabilities"/.test(head)) {
    return "kev";
  }
  if (/"format"\s*:\s*"NVD_CVE"/.test(head)) {
    return "nvd";
  }
  if (/"_kubernetes_io"/.test(head) || /jsonfeed\.org\/version/.test(head)) {
    return "kubernetes-feed";
  }
  if (/"secfixes"/.test(head) && /"(?:apkurl|distroversion|reponame)"/.test(head)) {
    return "secdb";
  }
  // records of OSV have such ids, too
  if (/"(?:updateinfo_)?id"\s*:\s*"AL[SBE]A-/.test(head) && /"(?:issued_date|updated_date|pkglist)"/.test(head)) {
    return "alma-errata";
  }
  if (/^\[?\s*\{[^]{0,400}"(?:cycle|eol)"\s*:/.test(head) || /"eolFrom"\s*:/.test(head)) {
    return "endoflife";
  }
  if (/^\{\s*"[^"]{1,200}"\s*:\s*\{\s*"(?:CVE-\d{4}-\d{4,}|TEMP-[\dA-F-]+)"\s*:/.test(head)) {
    return "debian-tracker";
  }
  return head.startsWith("{") ? "document" : undefined;
}
