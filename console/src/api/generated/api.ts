// SPDX-License-Identifier: Apache-2.0
// Made by tools/generate-api.ts from docs/reference/openapi.json. Do not edit.

export interface AdvisoryDatabase {
  readonly advisories: number;
  /** RFC 3339, the newest date of the data */
  readonly date: string;
  readonly digest: string;
  readonly ecosystems: ReadonlyArray<{
    readonly advisories: number;
    readonly name: string;
  }>;
  /** true for the small database that ships with the program */
  readonly isBundled: boolean;
}

export interface AuditEntry {
  readonly action: string;
  readonly actor: string;
  readonly at: string;
  readonly remoteAddress?: string;
  readonly requestId: string;
  readonly target: string;
}

export interface AuditList {
  /** newest first */
  readonly entries: readonly AuditEntry[];
}

export interface Component {
  readonly count?: number;
  readonly message?: string;
  readonly name: "database" | "advisories" | "blobs" | "scans" | "policies";
  readonly state: "ok" | "degraded" | "failing";
}

export interface DecidingPolicy {
  readonly kind: "ImagePolicy" | "ClusterImagePolicy";
  readonly name: string;
  readonly namespace?: string;
  /** the entry of the document that won */
  readonly repository: string;
}

export interface Decision {
  readonly actor: string;
  readonly decidedAt: string;
  readonly digest?: string;
  readonly durationMs: number;
  readonly gate: "registry" | "admission";
  readonly namespace?: string;
  readonly outcome: "allow" | "deny" | "undecided";
  readonly policy?: DecidingPolicy;
  readonly reasons: readonly Reason[];
  readonly reference: string;
  readonly requestId: string;
}

export interface DecisionList {
  /** newest first */
  readonly decisions: readonly Decision[];
}

export interface ErrorAnswer {
  readonly error: {
    /** stable; see the reference of errors */
    readonly code: string;
    /** for developers, in English */
    readonly message: string;
    /** the server's log has a line with it */
    readonly requestId: string;
  };
}

export interface Finding {
  readonly aliases: readonly string[];
  /** oldest first; empty when no fix exists */
  readonly fixedVersions: readonly string[];
  readonly id: string;
  readonly layerIndex: number;
  readonly match: {
    readonly advisoryId: string;
    readonly ecosystem: string;
    readonly packageName: string;
    readonly range: string;
    readonly version: string;
  };
  readonly package: {
    readonly name: string;
    readonly type: string;
    readonly version: string;
  };
  readonly path: string;
  readonly severity: Severity;
  readonly severitySource?: string;
  /** undecided: a version did not parse, so nobody can tell */
  readonly state: "affected" | "undecided";
  readonly title: string;
  readonly url?: string;
}

export interface FindingPage {
  readonly findings: readonly Finding[];
  /** findings that match search and severity */
  readonly total: number;
}

export interface ImageDetail {
  /** what an artifact says it is, a media type */
  readonly artifactType?: string;
  readonly digest: string;
  /** an artifact is no container image and is not judged as one */
  readonly kind: "image" | "index" | "artifact";
  readonly mediaType: string;
  readonly platforms: readonly ImagePlatform[];
  readonly pushedAt: string;
  readonly pushedBy: string;
  readonly repository: string;
  /** absent for an artifact */
  readonly signatures?: ImageSignatures;
  readonly sizeBytes: number;
  readonly tag?: string;
  readonly verdict: Verdict;
}

export interface ImageList {
  readonly database: AdvisoryDatabase;
  readonly images: readonly ImageSummary[];
  readonly total: number;
}

export interface ImagePlatform {
  readonly counts: readonly SeverityCount[];
  readonly digest: string;
  readonly platform: string;
  readonly scan?: ScanSummary;
  readonly scanMessage?: string;
  readonly scanState: ScanState;
  readonly scannedAt?: string;
  /** what a pull of this platform gets */
  readonly verdict: Verdict;
}

export interface ImageSignatures {
  /** unverified, by kind */
  readonly found: ReadonlyArray<{
    readonly count: number;
    readonly kind: "cosign" | "notation" | "notary" | "gpg";
  }>;
  /** of bad: there is nothing of that kind; of none: something of another kind lies there */
  readonly note?: "not-supported" | "not-signed" | "other-kind";
  readonly policies: readonly DecidingPolicy[];
  readonly problems: readonly SignatureProblem[];
  /** whose signatures count */
  readonly signers: readonly string[];
  /** bad: a signature is there and does not count; not-asked: no policy asks for one, and some lie there */
  readonly state: "verified" | "bad" | "unknown" | "none" | "not-asked";
  readonly unverified: ReadonlyArray<{
    readonly kind: "cosign" | "notation" | "notary" | "gpg";
    readonly location: string;
    readonly predicateType?: string;
  }>;
  readonly verified: readonly VerifiedSignature[];
}

export interface ImageSummary {
  /** worst first, without severities that do not occur */
  readonly counts: readonly SeverityCount[];
  readonly digest: string;
  /** false: something could not be scanned or judged, so no findings is not clean */
  readonly isComplete: boolean;
  readonly kind: "image" | "index" | "artifact";
  readonly platforms: readonly string[];
  readonly pushedAt: string;
  readonly pushedBy: string;
  readonly repository: string;
  /** of an index: the least finished scan of its children */
  readonly scanState: ScanState;
  /** absent for an artifact */
  readonly signatures?: SignatureSummary;
  readonly sizeBytes: number;
  readonly tag: string;
  readonly verdict: Verdict;
}

export interface Package {
  readonly architecture?: string;
  readonly layerIndex: number;
  readonly licenses: readonly string[];
  readonly name: string;
  readonly path: string;
  /** source package and version, when they differ */
  readonly source?: string;
  readonly type: string;
  readonly version: string;
}

export interface PackagePage {
  readonly packages: readonly Package[];
  /** packages that match the search */
  readonly total: number;
}

export interface Reason {
  readonly code: string;
  readonly effect: "deny" | "undecided" | "warn";
  /** for an index: the child that the reason is about */
  readonly platform?: string;
  /** a sentence in the asked language */
  readonly text: string;
}

export interface RescanResult {
  /** scans that were asked for: one for each platform */
  readonly requested: number;
}

export type ScanState = "missing" | "pending" | "running" | "done" | "failed" | "unsupported";

export interface ScanSummary {
  readonly coverageGaps: ReadonlyArray<{
    readonly code: string;
    /** the distribution or ecosystem */
    readonly subject?: string;
  }>;
  /** the builder's claim */
  readonly created?: string;
  readonly database: AdvisoryDatabase;
  readonly distribution?: string;
  readonly findings: number;
  /** from the base up */
  readonly layers: ReadonlyArray<{
    readonly createdBy?: string;
    readonly digest: string;
    readonly packages: number;
    readonly sizeBytes: number;
  }>;
  readonly packages: number;
  readonly problems: ReadonlyArray<{
    readonly code: string;
    readonly message: string;
    readonly path?: string;
  }>;
  readonly sizeBytes: number;
  readonly status: "complete" | "partial" | "failed";
}

export interface Session {
  /** everything but changing the password is refused until it is done */
  readonly mustChangePassword: boolean;
  readonly name: string;
  readonly role: "ADMIN" | "IMAGE_UPLOADER" | "PERMISSION" | "VIEWER";
}

export type Severity = "critical" | "high" | "medium" | "low" | "negligible" | "unknown";

export interface SeverityCount {
  readonly fixable: number;
  readonly severity: Severity;
  readonly total: number;
}

export interface SignatureProblem {
  /** what the signature says of itself; not verified */
  readonly claimedIdentity?: string;
  readonly code: string;
  /** English, what was expected and what was found */
  readonly detail: string;
  /** the manifest or index that is signed */
  readonly digest: string;
  readonly effect: "bad" | "unknown" | "warning";
  readonly kind: "cosign" | "notation" | "notary" | "gpg";
  readonly location: string;
  /** of a child of an index */
  readonly platform?: string;
  /** a sentence in the asked language */
  readonly text: string;
}

export interface SignatureSummary {
  /** unverified, by kind */
  readonly found: ReadonlyArray<{
    readonly count: number;
    readonly kind: "cosign" | "notation" | "notary" | "gpg";
  }>;
  /** of bad: there is nothing of that kind; of none: something of another kind lies there */
  readonly note?: "not-supported" | "not-signed" | "other-kind";
  /** whose signatures count */
  readonly signers: readonly string[];
  /** bad: a signature is there and does not count; not-asked: no policy asks for one, and some lie there */
  readonly state: "verified" | "bad" | "unknown" | "none" | "not-asked";
}

export interface Status {
  readonly advisories: AdvisoryDatabase;
  readonly clusterId: string;
  readonly components: readonly Component[];
  readonly policies: ReadonlyArray<{
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }>;
  readonly registry: string;
  readonly roles: ReadonlyArray<"registry" | "gate" | "api" | "scanner">;
  readonly time: string;
  readonly version: string;
}

export interface Verdict {
  readonly mode: "enforce" | "warn" | "audit";
  readonly outcome: "allow" | "deny" | "undecided";
  readonly policy?: DecidingPolicy;
  /** worst first */
  readonly reasons: readonly Reason[];
}

export interface VerifiedSignature {
  readonly certificate?: {
    /** SHA-256 of the DER */
    readonly fingerprint: string;
    readonly issuer: string;
    readonly notAfter: string;
    readonly notBefore: string;
    readonly serialNumber: string;
    readonly subject: string;
  };
  /** what was checked, in order */
  readonly checks: readonly string[];
  /** the manifest or index that is signed */
  readonly digest: string;
  readonly identity: string;
  readonly issuer?: string;
  readonly keyId: string;
  readonly kind: "cosign" | "notation" | "notary" | "gpg";
  readonly location: string;
  /** of a child of an index */
  readonly platform?: string;
  /** of an attestation */
  readonly predicateType?: string;
  readonly signedAt?: string;
  readonly timeSource?: "timestamp-authority" | "transparency-log" | "signer";
  readonly transparency?: {
    readonly logId: string;
    readonly logIndex: string;
  };
}

/** Every operation of the API by method and path. */
export interface Operations {
  "GET /api/v1/audit": {
    query: { limit?: number };
    body: undefined;
    result: AuditList;
  };
  "GET /api/v1/decisions": {
    query: { limit?: number; reference?: string; lang?: "en" | "ko" };
    body: undefined;
    result: DecisionList;
  };
  "GET /api/v1/events": {
    query: Record<string, never>;
    body: undefined;
    result: undefined;
  };
  "GET /api/v1/image": {
    query: { image: string; lang?: "en" | "ko" };
    body: undefined;
    result: ImageDetail;
  };
  "GET /api/v1/image/findings": {
    query: { image: string; digest: string; search?: string; limit?: number; offset?: number; severity?: "critical" | "high" | "medium" | "low" | "negligible" | "unknown" };
    body: undefined;
    result: FindingPage;
  };
  "GET /api/v1/image/packages": {
    query: { image: string; digest: string; search?: string; limit?: number; offset?: number };
    body: undefined;
    result: PackagePage;
  };
  "POST /api/v1/image/rescan": {
    query: Record<string, never>;
    body: {
      /** `repository:tag` or `repository@digest` */
      readonly image: string;
    };
    result: RescanResult;
  };
  "GET /api/v1/images": {
    query: { repository?: string; limit?: number; offset?: number; lang?: "en" | "ko" };
    body: undefined;
    result: ImageList;
  };
  "DELETE /api/v1/session": {
    query: Record<string, never>;
    body: undefined;
    result: undefined;
  };
  "GET /api/v1/session": {
    query: Record<string, never>;
    body: undefined;
    result: Session;
  };
  "POST /api/v1/session": {
    query: Record<string, never>;
    body: {
      readonly name: string;
      readonly password: string;
    };
    result: Session;
  };
  "POST /api/v1/session/password": {
    query: Record<string, never>;
    body: {
      readonly currentPassword: string;
      /** at least 12 characters, not the current password */
      readonly newPassword: string;
    };
    result: Session;
  };
  "GET /api/v1/status": {
    query: Record<string, never>;
    body: undefined;
    result: Status;
  };
}
