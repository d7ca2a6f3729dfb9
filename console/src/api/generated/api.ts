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

export interface ClusterComponent {
  /** what advisories were asked about; absent: nobody can ask */
  readonly comparedVersion?: string;
  /** worst first */
  readonly findings: readonly ClusterFinding[];
  /** a vendor's suffix was left out; its build may hold fixes of later versions */
  readonly isVendorBuild?: true;
  readonly name: "kube-apiserver" | "kubelet" | "kube-proxy" | "containerd" | "cri-o" | "docker" | "runtime" | "kernel" | "operating-system";
  /** 0 for the API server */
  readonly nodeCount: number;
  /** some of them, sorted */
  readonly nodes: readonly string[];
  /** `undecided`: the version does not parse; `uncovered`: no advisories speak of the program */
  readonly state: "affected" | "undecided" | "uncovered" | "clear";
  /** as the node or the API server tells it */
  readonly version: string;
}

export interface ClusterComponents {
  /** affected first, then undecided, uncovered, clear */
  readonly components: readonly ClusterComponent[];
  readonly database: AdvisoryDatabase;
  /** why this is not the whole answer; what nobody tells is never clean */
  readonly gaps: readonly ClusterGap[];
  /** false: no cluster is connected */
  readonly isWatched: boolean;
}

export interface ClusterFinding {
  readonly advisoryId: string;
  readonly aliases: readonly string[];
  /** oldest first; empty when no fix exists */
  readonly fixedVersions: readonly string[];
  readonly id: string;
  readonly isKnownExploited: boolean;
  /** of versions that has this one */
  readonly range: string;
  readonly severity: Severity;
  readonly state: "affected" | "undecided";
  readonly title: string;
  readonly url?: string;
}

export interface ClusterGap {
  readonly code: "VERSION_UNTOLD" | "VERSION_UNREADABLE" | "RUNTIME_UNKNOWN" | "ADVISORIES_MISSING" | "NODE_SYSTEM_UNREAD" | "TOO_MANY_VERSIONS";
  readonly component?: string;
  readonly version?: string;
}

export interface Component {
  readonly count?: number;
  readonly message?: string;
  readonly name: "database" | "advisories" | "blobs" | "scans" | "policies" | "cluster";
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
  /** that made a difference */
  readonly exceptions?: readonly UsedException[];
  readonly gate: "registry" | "admission";
  /** newer ones have larger ids */
  readonly id: number;
  /** of the workload that the image was for */
  readonly kind?: string;
  /** of the workload; empty while the API server has not made it up */
  readonly name?: string;
  readonly namespace?: string;
  readonly operation?: "CREATE" | "UPDATE";
  readonly outcome: "allow" | "deny" | "undecided";
  /** why an image passed that the verdict alone would have held back */
  readonly passedAs?: "known" | "owner" | "failure";
  readonly policy?: DecidingPolicy;
  /** names the policies that were in force then */
  readonly policyGeneration?: string;
  readonly reasons: readonly Reason[];
  readonly reference: string;
  readonly requestId: string;
  readonly webhook?: string;
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

export interface Exception {
  /** absent while it is only asked for */
  readonly approver?: string;
  readonly findings: {
    readonly packages?: readonly string[];
    readonly rules?: readonly string[];
    readonly vulnerabilities?: readonly string[];
  };
  readonly lastUsedAt?: string;
  readonly name: string;
  /** where the object lies; absent: in a policy file */
  readonly namespace?: string;
  readonly reason: string;
  readonly requester: string;
  /** that it lets pass now */
  readonly runningImages: number;
  /** `expiring`: in force, and over within 14 days; only `active` and `expiring` have an effect */
  readonly state: "active" | "expiring" | "requested" | "expired";
  readonly subject: {
    readonly digests?: readonly string[];
    readonly namespaces?: readonly string[];
    readonly repositories?: readonly string[];
    readonly workloads?: ReadonlyArray<{
      readonly kind: string;
      readonly name: string;
    }>;
  };
  readonly until: string;
  /** admissions of the last 30 days to which it made a difference */
  readonly uses: number;
}

export interface ExceptionList {
  /** what ends first comes first; what is over comes last */
  readonly exceptions: readonly Exception[];
}

export interface Explanation {
  /** one for each place where it was found, suppressed ones last */
  readonly explanations: ReadonlyArray<{
    readonly finding?: Finding;
    readonly layer?: {
      readonly count: number;
      readonly createdBy?: string;
      readonly diffId: string;
      readonly index: number;
    };
    readonly observation?: Observation;
    readonly remedy?: {
      readonly kind: "upgradePackage" | "upgradeBaseImage" | "noFix";
      readonly packageName: string;
      readonly versions: readonly string[];
    };
  }>;
}

export interface Finding {
  readonly advice?: {
    readonly origin: string;
    readonly text: string;
  };
  readonly aliases: readonly string[];
  /** the operating system package that installed the file */
  readonly coveredBy?: {
    readonly name: string;
    readonly type: string;
    readonly version: string;
  };
  readonly cvssVector?: string;
  readonly exploitation?: {
    /** FIRST's estimate that it will be exploited within 30 days */
    readonly epss?: {
      readonly date: string;
      readonly percentile: number;
      readonly score: number;
    };
    /** CISA's catalogue of known exploited vulnerabilities */
    readonly knownExploited?: {
      readonly added: string;
      readonly due?: string;
      readonly isInRansomware?: boolean;
    };
  };
  /** oldest first; empty when no fix exists */
  readonly fixedVersions: readonly string[];
  readonly id: string;
  /** the package is only named in a lock file */
  readonly isDeclared?: true;
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
  /** what the vendor decided about it */
  readonly status?: "notAffected" | "willNotFix" | "deferred" | "underInvestigation" | "endOfLife";
  /** of one that does not count */
  readonly suppression?: Suppression;
  readonly title: string;
  readonly url?: string;
}

export interface FindingPage {
  readonly findings: readonly Finding[];
  /** findings that match search and severity */
  readonly total: number;
}

export interface HoldingImage {
  readonly digest: string;
  /** what was asked for, at most twenty */
  readonly packages: ReadonlyArray<{
    readonly name: string;
    readonly type: string;
    readonly version: string;
  }>;
  /** in this registry; tags also of indexes that list the image */
  readonly places: ReadonlyArray<{
    readonly repository: string;
    readonly tag?: string;
  }>;
  /** where an image of another registry was seen first */
  readonly remote?: {
    readonly registry: string;
    readonly repository: string;
  };
  /** workloads that run it now */
  readonly running: number;
  /** what was asked for, at most twenty; also those that a statement clears */
  readonly vulnerabilities: ReadonlyArray<{
    readonly id: string;
    readonly severity: Severity;
  }>;
}

export interface HoldingPage {
  readonly images: readonly HoldingImage[];
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
  /** the scan that was asked for last */
  readonly job?: ScanJob;
  /** when its packages were matched with advisories, the last time */
  readonly matchedAt?: string;
  readonly platform: string;
  readonly scan?: ScanSummary;
  readonly scanMessage?: string;
  readonly scanState: ScanState;
  /** when the image was read */
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
  /** of an index: of the child that was read the longest ago */
  readonly scannedAt?: string;
  /** absent for an artifact */
  readonly signatures?: SignatureSummary;
  readonly sizeBytes: number;
  readonly tag: string;
  readonly verdict: Verdict;
}

export interface Observation {
  /** what to do about it */
  readonly advice?: string;
  /** what was seen; a secret only with its value masked */
  readonly excerpt?: string;
  readonly historyIndex?: number;
  /** a layer above removes or replaces the file */
  readonly isHidden?: true;
  readonly kind: "secret" | "configuration" | "license" | "malware";
  readonly layerIndex?: number;
  readonly line?: number;
  /** absent when it is about the configuration or history of the image */
  readonly path?: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly suppression?: Suppression;
  readonly text: string;
}

export interface ObservationPage {
  readonly observations: readonly Observation[];
  /** observations that match kind and search */
  readonly total: number;
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

export interface Pod {
  readonly createdAt: string;
  readonly name: string;
  readonly node?: string;
  readonly phase: string;
  readonly uid: string;
}

export interface Reason {
  readonly code: string;
  readonly effect: "deny" | "undecided" | "warn" | "exempt";
  /** for an index: the child that the reason is about */
  readonly platform?: string;
  /** a sentence in the asked language */
  readonly text: string;
}

export interface Replay {
  /** images that admission let through since then and that do not run */
  readonly admitted: number;
  /** all that differ, the worst first; at most 500 */
  readonly changes: readonly ReplayedImage[];
  readonly counts: {
    readonly "newly-allowed": number;
    readonly "newly-denied": number;
    readonly "newly-undecided": number;
    readonly "other-reasons": number;
    readonly same: number;
  };
  /** there were more */
  readonly isCut: boolean;
  readonly judged: number;
  /** images of one replay at most */
  readonly limit: number;
  readonly policies: {
    readonly changed: number;
    readonly inForce: number;
  };
  /** images that run */
  readonly running: number;
  readonly since: string;
}

export interface ReplayedImage {
  readonly after: Verdict;
  readonly before: Verdict;
  readonly change: "newly-denied" | "newly-allowed" | "newly-undecided" | "other-reasons" | "same";
  readonly digest?: string;
  readonly namespace: string;
  readonly ownerCount: number;
  /** some of them */
  readonly owners: ReadonlyArray<{
    readonly isRunning: boolean;
    readonly kind: string;
    /** empty where the API server had not made it up */
    readonly name: string;
    readonly namespace: string;
  }>;
  readonly reference: string;
}

export interface RunningDetail {
  /** since when the outcome is what it is */
  readonly changedAt?: string;
  readonly containers: readonly string[];
  /** absent: nobody knows which image that is */
  readonly digest?: string;
  readonly exceptions: readonly UsedException[];
  readonly firstSeenAt: string;
  readonly goneAt?: string;
  readonly id: number;
  readonly judgedAt?: string;
  readonly namespace: string;
  /** why it never passed the gate, as a sentence */
  readonly neverAdmitted?: string;
  readonly owner: WorkloadOwner;
  readonly podCount: number;
  /** some of them, oldest first */
  readonly pods: readonly Pod[];
  /** as the pods name it */
  readonly reference: string;
  readonly standing: "admitted" | "pending" | "static-pod" | "excluded-namespace" | "older-than-gate" | "no-record";
  /** what admission would say now; absent until it was judged */
  readonly verdict?: Verdict;
}

export interface RunningImage {
  /** since when the outcome is what it is */
  readonly changedAt?: string;
  readonly containers: readonly string[];
  /** absent: nobody knows which image that is */
  readonly digest?: string;
  readonly exceptions: readonly UsedException[];
  readonly firstSeenAt: string;
  readonly goneAt?: string;
  readonly id: number;
  readonly judgedAt?: string;
  readonly namespace: string;
  /** why it never passed the gate, as a sentence */
  readonly neverAdmitted?: string;
  readonly owner: WorkloadOwner;
  readonly podCount: number;
  /** as the pods name it */
  readonly reference: string;
  readonly standing: "admitted" | "pending" | "static-pod" | "excluded-namespace" | "older-than-gate" | "no-record";
  /** what admission would say now; absent until it was judged */
  readonly verdict?: Verdict;
}

export interface RunningList {
  readonly counts: {
    readonly allow: number;
    readonly deny: number;
    readonly neverAdmitted: number;
    readonly undecided: number;
    readonly unjudged: number;
  };
  /** denied first, then undecided, not judged, allowed */
  readonly images: readonly RunningImage[];
  /** false: no cluster is connected, so nobody knows what runs */
  readonly isWatched: boolean;
  /** of those that were asked for */
  readonly total: number;
}

export interface ScanJob {
  readonly attempts: number;
  readonly digest: string;
  /** compressed layers that were read */
  readonly doneBytes: number;
  readonly finishedAt?: string;
  readonly id: number;
  readonly isStoppable: boolean;
  /** what went wrong, the last time */
  readonly message?: string;
  /** where the image is called so, at most a few */
  readonly names: readonly string[];
  /** analyzers: a newer version reads more; admission: a Pod asked for an image of another registry */
  readonly reason: "push" | "request" | "analyzers" | "admission";
  readonly requestedAt: string;
  readonly requestedBy?: string;
  readonly startedAt?: string;
  /** cancelled: somebody stopped it */
  readonly state: "pending" | "running" | "done" | "failed" | "unsupported" | "cancelled";
  /** 0: not known yet */
  readonly totalBytes: number;
}

export interface ScanList {
  /** newest first */
  readonly scans: readonly ScanJob[];
}

export interface ScanRequested {
  /** scans that were asked for: one for each platform */
  readonly requested: number;
}

export type ScanState = "missing" | "pending" | "running" | "done" | "failed" | "unsupported";

export interface ScanStopped {
  /** scans that were open and are not any more */
  readonly stopped: number;
}

export interface ScanSummary {
  readonly configuration: number;
  readonly coverageGaps: ReadonlyArray<{
    readonly code: string;
    /** the distribution or ecosystem */
    readonly subject?: string;
  }>;
  /** the builder's claim */
  readonly created?: string;
  readonly database: AdvisoryDatabase;
  readonly distribution?: string;
  /** vulnerabilities that count */
  readonly findings: number;
  /** vulnerabilities that count and are in CISA's catalogue */
  readonly knownExploited: number;
  /** from the base up */
  readonly layers: ReadonlyArray<{
    readonly createdBy?: string;
    readonly digest: string;
    readonly packages: number;
    readonly sizeBytes: number;
  }>;
  readonly licenses: number;
  readonly malware: number;
  readonly packages: number;
  readonly problems: ReadonlyArray<{
    readonly code: string;
    readonly message: string;
    readonly path?: string;
  }>;
  readonly secrets: number;
  readonly sizeBytes: number;
  readonly status: "complete" | "partial" | "failed";
  /** of the distribution; absent when nobody knows */
  readonly support?: {
    /** day after which long-term support ends too */
    readonly extendedUntil?: string;
    readonly release: string;
    readonly source: string;
    /** day after which free support ends */
    readonly until?: string;
  };
  /** findings of any kind that do not count */
  readonly suppressed: number;
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
  readonly policyGenerations: {
    readonly admission: string;
    readonly registry: string;
  };
  readonly registry: string;
  readonly roles: ReadonlyArray<"registry" | "gate" | "api" | "scanner" | "controller">;
  readonly time: string;
  readonly version: string;
}

export interface Suppression {
  readonly by: "vex" | "ignoreFile" | "vendor";
  readonly justification?: string;
  /** where the statement stands: a file, or an advisory of the vendor */
  readonly origin: string;
  readonly status: "notAffected" | "fixed" | "ignored" | "underInvestigation";
  readonly until?: string;
}

export interface UsedException {
  readonly approver?: string;
  /** reason codes with the vulnerability or package */
  readonly exempted: readonly string[];
  readonly name: string;
  readonly namespace?: string;
  readonly until: string;
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

export interface WorkloadOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Every operation of the API by method and path. */
export interface Operations {
  "GET /api/v1/audit": {
    query: { limit?: number };
    body: undefined;
    result: AuditList;
  };
  "GET /api/v1/cluster/components": {
    query: Record<string, never>;
    body: undefined;
    result: ClusterComponents;
  };
  "GET /api/v1/decisions": {
    query: { limit?: number; before?: number; reference?: string; namespace?: string; outcome?: "allow" | "deny" | "undecided"; actor?: string; digest?: string; since?: string; text?: string; lang?: "en" | "ko" };
    body: undefined;
    result: DecisionList;
  };
  "GET /api/v1/events": {
    query: Record<string, never>;
    body: undefined;
    result: undefined;
  };
  "GET /api/v1/exceptions": {
    query: { lang?: "en" | "ko" };
    body: undefined;
    result: ExceptionList;
  };
  "GET /api/v1/image": {
    query: { image: string; lang?: "en" | "ko" };
    body: undefined;
    result: ImageDetail;
  };
  "GET /api/v1/image/explanation": {
    query: { image: string; digest: string; id: string; lang?: "en" | "ko" };
    body: undefined;
    result: Explanation;
  };
  "GET /api/v1/image/findings": {
    query: { image: string; digest: string; search?: string; limit?: number; offset?: number; severity?: "critical" | "high" | "medium" | "low" | "negligible" | "unknown"; suppressed?: "true" | "false" };
    body: undefined;
    result: FindingPage;
  };
  "GET /api/v1/image/observations": {
    query: { image: string; digest: string; search?: string; limit?: number; offset?: number; kind?: "secret" | "configuration" | "license" | "malware"; suppressed?: "true" | "false"; lang?: "en" | "ko" };
    body: undefined;
    result: ObservationPage;
  };
  "GET /api/v1/image/packages": {
    query: { image: string; digest: string; search?: string; limit?: number; offset?: number };
    body: undefined;
    result: PackagePage;
  };
  "DELETE /api/v1/image/scan": {
    query: { image: string };
    body: undefined;
    result: ScanStopped;
  };
  "POST /api/v1/image/scan": {
    query: Record<string, never>;
    body: {
      /** `repository:tag` or `repository@digest` */
      readonly image: string;
    };
    result: ScanRequested;
  };
  "GET /api/v1/images": {
    query: { repository?: string; limit?: number; offset?: number; lang?: "en" | "ko" };
    body: undefined;
    result: ImageList;
  };
  "GET /api/v1/images/holding": {
    query: { packageName?: string; packageVersion?: string; packageType?: string; vulnerability?: string; limit?: number; offset?: number };
    body: undefined;
    result: HoldingPage;
  };
  "POST /api/v1/policy/replay": {
    query: Record<string, never>;
    body: {
      /** language of sentences; else Accept-Language */
      readonly lang?: "en" | "ko";
      /** these are all policies; those in force are left out */
      readonly only?: boolean;
      /** YAML documents; each takes the place of the one of its kind, namespace and name */
      readonly policies: string;
      readonly since?: string;
    };
    result: Replay;
  };
  "GET /api/v1/running": {
    query: { limit?: number; offset?: number; namespace?: string; outcome?: "allow" | "deny" | "undecided"; neverAdmitted?: "true" | "false"; text?: string; lang?: "en" | "ko" };
    body: undefined;
    result: RunningList;
  };
  "GET /api/v1/running/image": {
    query: { id: number; lang?: "en" | "ko" };
    body: undefined;
    result: RunningDetail;
  };
  "DELETE /api/v1/scan": {
    query: { id: number };
    body: undefined;
    result: ScanStopped;
  };
  "POST /api/v1/scan/retry": {
    query: Record<string, never>;
    body: {
      readonly id: number;
    };
    result: ScanRequested;
  };
  "GET /api/v1/scans": {
    query: { limit?: number; before?: number; state?: "pending" | "running" | "done" | "failed" | "unsupported" | "cancelled"; reason?: "push" | "request" | "analyzers" | "admission"; repository?: string; digest?: string };
    body: undefined;
    result: ScanList;
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
