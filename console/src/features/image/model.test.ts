// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { ImageDetail, ImagePlatform, ScanSummary } from "../../api/generated/api.ts";
import {
  artifactPullCommand,
  imageTitle,
  isIncomplete,
  mayRescan,
  progressOf,
  pullCommand,
  readImageTab,
  selectPlatform,
  shownTabs,
  supportMessage,
} from "./model.ts";

const SCAN: ScanSummary = {
  status: "complete",
  sizeBytes: 1,
  packages: 1,
  findings: 0,
  secrets: 0,
  configuration: 0,
  licenses: 0,
  malware: 0,
  suppressed: 0,
  knownExploited: 0,
  layers: [],
  problems: [],
  coverageGaps: [],
  database: { digest: "sha256:0", date: "2026-01-01T00:00:00Z", advisories: 1, isBundled: true, ecosystems: [] },
};

function platform(digest: string, scan?: ScanSummary): ImagePlatform {
  const verdict = { outcome: "allow" as const, mode: "enforce" as const, reasons: [] };
  return {
    digest,
    platform: "linux/amd64",
    scanState: "done",
    counts: [],
    verdict,
    ...(scan === undefined ? {} : { scan }),
  };
}

it.each([
  { name: "a complete scan", scan: SCAN, want: false },
  { name: "a partial scan", scan: { ...SCAN, status: "partial" as const }, want: true },
  { name: "a gap in the advisories", scan: { ...SCAN, coverageGaps: [{ code: "DISTRIBUTION_UNKNOWN" }] }, want: true },
  { name: "a problem", scan: { ...SCAN, problems: [{ code: "FILE_MALFORMED", message: "m" }] }, want: true },
  { name: "no scan at all", scan: undefined, want: false },
])("$name is incomplete: $want", ({ scan, want }) => {
  expect(isIncomplete(platform("sha256:a", scan))).toBe(want);
});

it("an unknown platform or tab in the address falls back to the first", () => {
  const image = { platforms: [platform("sha256:a"), platform("sha256:b")] } as unknown as ImageDetail;
  expect(selectPlatform(image, "sha256:b")?.digest).toBe("sha256:b");
  expect(selectPlatform(image, "sha256:gone")?.digest).toBe("sha256:a");
  expect(readImageTab("layers")).toBe("layers");
  expect(readImageTab("<script>")).toBe("verdict");
});

it("only who may push may ask for a scan", () => {
  expect(["ADMIN", "IMAGE_UPLOADER", "PERMISSION", "VIEWER"].filter((role) => mayRescan(role as "ADMIN"))).toEqual([
    "ADMIN",
    "IMAGE_UPLOADER",
  ]);
  expect(mayRescan(undefined)).toBe(false);
});

it("an image without a tag is named by its digest", () => {
  const image = { repository: "team/app", digest: "sha256:0" };
  expect(imageTitle(image)).toBe("team/app@sha256:0");
  expect(pullCommand("127.0.0.1:5000", { ...image, tag: "1.0" })).toBe("docker pull 127.0.0.1:5000/team/app:1.0");
  expect(artifactPullCommand("127.0.0.1:5000", { ...image, tag: "1.0" })).toBe(
    "oras pull --plain-http 127.0.0.1:5000/team/app:1.0",
  );
  expect(artifactPullCommand("registry.example.com", { ...image, tag: "1.0" })).toBe(
    "oras pull registry.example.com/team/app:1.0",
  );
});

it.each([
  { name: "that nobody knows the end of", support: {}, want: undefined },
  { name: "that goes on", support: { until: "2026-11-22" }, want: "console.image.supportUntil" },
  { name: "that is over", support: { until: "2026-11-21" }, want: "console.image.supportEnded" },
  {
    name: "that goes on, with more after it",
    support: { until: "2027-01-01", extendedUntil: "2028-01-01" },
    want: "console.image.supportExtended",
  },
  {
    name: "of which only the long term is left",
    support: { until: "2025-01-01", extendedUntil: "2028-01-01" },
    want: "console.image.supportOnlyExtended",
  },
  {
    name: "whose long term is over, too",
    support: { until: "2020-01-01", extendedUntil: "2021-01-01" },
    want: "console.image.supportEnded",
  },
])("a support $name: $want", ({ support, want }) => {
  expect(supportMessage({ release: "debian 12", source: "endoflife", ...support }, "2026-11-22")).toBe(want);
});

it("a scan has a progress as soon as somebody knows how much there is to read", () => {
  const job = {
    id: 1,
    digest: "sha256:0",
    names: [],
    reason: "push",
    state: "running",
    attempts: 1,
    requestedAt: "2026-01-01T00:00:00Z",
    isStoppable: true,
  } as const;
  expect(progressOf({ ...job, doneBytes: 0, totalBytes: 0 })).toBeUndefined();
  expect(progressOf({ ...job, doneBytes: 1, totalBytes: 4 })).toBe(0.25);
  expect(progressOf({ ...job, doneBytes: 5, totalBytes: 4 })).toBe(1);
});

it("malware has a tab where some was found", () => {
  expect(shownTabs(platform("sha256:0", SCAN))).not.toContain("malware");
  expect(shownTabs(platform("sha256:0", { ...SCAN, malware: 1 }))).toContain("malware");
});
