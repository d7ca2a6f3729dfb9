// SPDX-License-Identifier: Apache-2.0
// Made by tools/generate-api.ts from docs/reference/openapi.json. Do not edit.

export interface AccessKey {
  /** sent as the name */
  readonly accessKey: string;
  readonly account: string;
  /** when the first key of this line was made */
  readonly createdAt: string;
  readonly description: string;
  readonly expiresAt?: string;
  readonly id: string;
  readonly isRotationDue: boolean;
  /** some seconds late */
  readonly lastUsedAt?: string;
  /** 90 days after the secret was made */
  readonly rotateBy: string;
  /** when the secret was made */
  readonly rotatedAt: string;
  readonly state: "active" | "disabled" | "expired";
}

export interface Account {
  readonly createdAt: string;
  readonly grants: ReadonlyArray<{
    readonly prefix: string;
    /** all; read and push; switch the service on and off; read */
    readonly role: "ADMIN" | "IMAGE_UPLOADER" | "PERMISSION" | "VIEWER";
  }>;
  readonly id: string;
  /** of the OIDC provider that knows the person */
  readonly issuer?: string;
  readonly keys: {
    readonly rotationDue: number;
    readonly usable: number;
  };
  readonly kind: "person" | "robot";
  readonly mustChangePassword: boolean;
  readonly name: string;
  /** all; read and push; switch the service on and off; read */
  readonly role: "ADMIN" | "IMAGE_UPLOADER" | "PERMISSION" | "VIEWER";
  readonly state: "active" | "disabled";
}

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

export interface DamagedBlobList {
  /** in ASCII order of digests; what was pushed again, checked well or deleted since is not there */
  readonly blobs: ReadonlyArray<{
    readonly condition: "damaged" | "missing";
    readonly digest: string;
    readonly foundAt: string;
    /** push one of them again, or replicate it: that repairs the blob */
    readonly images: readonly string[];
  }>;
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

export interface EffectiveSettings {
  /** the list of allowed vulnerabilities that counts */
  readonly allowed: ReadonlyArray<{
    readonly id: string;
    readonly reason: string;
    readonly until?: string;
  }>;
  readonly allowedFrom: string;
  /** the prefix that says each field */
  readonly from: { readonly [key: string]: string };
  /** each of them counts */
  readonly quotas: ReadonlyArray<{
    readonly maxBytes: number;
    readonly prefix: string;
  }>;
  readonly repository: string;
  readonly settings: RepositorySettings;
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
  /** what others call it, where they do not agree */
  readonly otherSeverities?: ReadonlyArray<{
    readonly cvssVector?: string;
    readonly severity: Severity;
    readonly source: string;
  }>;
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

export interface ForeignReport {
  /** whether it counts in verdicts */
  readonly counts: boolean;
  readonly fetchedAt: string;
  /** as it says; empty where it does not */
  readonly generatedAt: string;
  /** entries of its report that could not be read */
  readonly leftOut: number;
  /** as the settings call it */
  readonly scanner: string;
  /** what it calls itself */
  readonly scannerName: string;
  readonly scannerVersion: string;
  readonly severities: readonly SeverityCount[];
  /** of all vulnerabilities that it names */
  readonly total: number;
  /** worst first, at most 200 */
  readonly vulnerabilities: ReadonlyArray<{
    readonly fixVersion?: string;
    readonly id: string;
    readonly package: string;
    readonly severity: "critical" | "high" | "medium" | "low" | "negligible" | "unknown";
    readonly url?: string;
    readonly version: string;
  }>;
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
  /** what scanners of others say */
  readonly foreignReports?: readonly ForeignReport[];
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
  /** absent: never */
  readonly pulledAt?: string;
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
  /** the worst severity with all findings and those that have a fix, e.g. Critical (total 151 / fix 0) */
  readonly vulnerabilities?: string;
}

export interface LoginMethods {
  readonly oidc?: {
    /** host of the identity provider */
    readonly name: string;
    /** where the browser goes to sign in */
    readonly url: string;
  };
  readonly password: boolean;
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

export interface PrefixSettings {
  readonly prefix: string;
  /** the document cannot be read, and the strictest settings hold */
  readonly problem?: string;
  readonly settings: RepositorySettings;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

export interface PrefixSettingsList {
  /** by prefix */
  readonly prefixes: readonly PrefixSettings[];
}

export interface PromotionRuleList {
  readonly rules: ReadonlyArray<{
    readonly name: string;
    readonly rule: {
      /** name of the secret with credentials for it */
      readonly credentials?: string;
      /** prefix of repositories, e.g. dev */
      readonly from: string;
      /** whether tags under `to` are made immutable with the rule; default true */
      readonly isImmutable: boolean;
      /** it is spoken to without TLS; default false */
      readonly isPlainHttp?: boolean;
      /** whether another administrator has to agree; default true */
      readonly needsApproval: boolean;
      /** another registry that `to` is in; default ours */
      readonly registry?: string;
      /** patterns; default all */
      readonly tags?: readonly string[];
      /** takes its place, e.g. prod */
      readonly to: string;
    };
    readonly updatedAt: string;
    readonly updatedBy: string;
  }>;
}

export interface Reason {
  readonly code: string;
  readonly effect: "deny" | "undecided" | "warn" | "exempt";
  /** for an index: the child that the reason is about */
  readonly platform?: string;
  /** a sentence in the asked language */
  readonly text: string;
}

export interface RegistryCacheList {
  readonly caches: ReadonlyArray<{
    /** name of the secret */
    readonly credentials?: string;
    /** images that are on their way */
    readonly fetching: readonly string[];
    /** repositories under it are filled from the other registry */
    readonly prefix: string;
    readonly registry: string;
    readonly repositoryPrefix?: string;
    readonly upstream: {
      readonly message?: string;
      readonly registry: string;
      /** as the process that answers knows it; `limited`: it asks to wait (429) */
      readonly state: "answering" | "limited" | "away";
      /** when it is asked again */
      readonly until?: string;
    };
  }>;
}

export interface RegistryDeleted {
  readonly deleted: string;
  readonly repository: string;
}

export interface RegistryJob {
  readonly attempts: number;
  /** who approved or rejected it */
  readonly decidedBy?: string;
  readonly done: number;
  readonly finishedAt?: string;
  readonly id: number;
  /** somebody cancelled it, and it is about to end */
  readonly isCancelling?: true;
  readonly kind: "gc" | "check" | "retention" | "replicate" | "promote" | "import" | "backup" | "restore" | "snapshot" | "external-scan";
  /** what it is at, or what went wrong, in the language that was asked for */
  readonly message?: string;
  /** of `message`, the same in every language */
  readonly messageCode?: string;
  readonly requestedAt: string;
  readonly requestedBy: string;
  /** what came of it, as the kind of job says */
  readonly result?: unknown;
  readonly startedAt?: string;
  /** awaiting-approval: somebody else has to agree to it */
  readonly state: "awaiting-approval" | "pending" | "running" | "done" | "failed" | "cancelled" | "rejected";
  /** what it is about: a repository, a rule, a file */
  readonly target: string;
  /** 0: not known (yet) */
  readonly total: number;
  readonly unit: "items" | "bytes";
}

export interface RegistryJobList {
  /** newest first */
  readonly jobs: readonly RegistryJob[];
}

export interface RegistryRepository {
  /** of everything in it; what it shares with others counts here, too */
  readonly bytes: number;
  readonly manifests: number;
  readonly pulledAt?: string;
  readonly pushedAt?: string;
  readonly repository: string;
  readonly tags: number;
}

export interface RegistryRepositoryList {
  /** in ASCII order */
  readonly repositories: readonly RegistryRepository[];
}

export interface RegistryScannerList {
  readonly scanners: ReadonlyArray<{
    readonly hasCredentials: boolean;
    readonly name: string;
    readonly scanner: {
      /** PEM certificates that it is trusted by, beside the usual ones. */
      readonly certificateAuthority?: string;
      /** Whether what it finds counts in verdicts; default false: it is only shown. */
      readonly counts?: boolean;
      /** For people. */
      readonly description?: string;
      readonly isEnabled: boolean;
      /** Images of the repositories under it; default all. */
      readonly prefix?: string;
      /** How it is to reach our registry; default by the first of registry.names. */
      readonly registryUrl?: string;
      /** Base of its API; /api/v1/metadata comes behind it. */
      readonly url: string;
    };
    readonly updatedAt: string;
    readonly updatedBy: string;
  }>;
}

export interface RegistryService {
  readonly isOn: boolean;
  readonly updatedAt?: string;
  readonly updatedBy?: string;
}

export interface RegistryTagList {
  readonly repository: string;
  /** in ASCII order */
  readonly tags: ReadonlyArray<{
    readonly digest: string;
    readonly name: string;
    readonly pulledAt?: string;
    readonly pushedAt: string;
    readonly pushedBy: string;
  }>;
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

export interface ReplicationList {
  readonly rules: ReadonlyArray<{
    readonly lastJob?: RegistryJob;
    readonly name: string;
    /** when it is carried out by its schedule */
    readonly nextAt?: string;
    readonly rule: {
      /** Whether tags deleted here are deleted there; only of a push by event; default false. */
      readonly copiesDeletions?: boolean;
      /** Name of the secret with credentials for it, never the credentials. */
      readonly credentials?: string;
      /** For people. */
      readonly description?: string;
      /** How a repository is called at the destination; default as at the source. */
      readonly destination?: {
        /** Put in front of the rest. */
        readonly addPrefix?: string;
        /** Taken away where the name begins with it. */
        readonly removePrefix?: string;
      };
      /** push: from here to the other registry; pull: from there to here. */
      readonly direction: "push" | "pull";
      /** What happens to a tag that leads to something else at the destination. */
      readonly duplicates: "skip" | "overwrite";
      /** Tags that are not copied, whatever tags says. */
      readonly excludedTags?: readonly string[];
      /** Spoken to without TLS; default false. */
      readonly isPlainHttp?: boolean;
      /** For all that the rule copies at a time; default no limit. */
      readonly maxBytesPerSecond?: number;
      /** Only images whose verdict is allow, of a push; default false. */
      readonly onlyAllowed?: boolean;
      /** The other registry, host or host:port. */
      readonly registry: string;
      /** Repositories at the source, * for any characters; default all. */
      readonly repositories?: readonly string[];
      /** Tags that are copied; default all. */
      readonly tags?: readonly string[];
      /** off: when somebody asks; event: after each push; schedule: at certain times. */
      readonly trigger: unknown;
    };
    readonly updatedAt: string;
    readonly updatedBy: string;
  }>;
}

export interface RepositorySettings {
  /** Which list of allowed vulnerabilities counts: that of the empty prefix, or its own; default common. */
  readonly allowList?: "common" | "own";
  /** Vulnerabilities that images may have. */
  readonly allowedVulnerabilities?: ReadonlyArray<{
    /** Id of the vulnerability, or an alias of it. */
    readonly id: string;
    /** Why it is accepted. */
    readonly reason: string;
    /** The end (RFC 3339); without it the entry counts until it is removed. */
    readonly until?: string;
  }>;
  /** Whether images may be pulled without an account; default `registry.anonymousPull` of the configuration. */
  readonly anonymousPull?: boolean;
  /** Patterns of tags that are never moved or deleted. */
  readonly immutableTags?: readonly string[];
  /** Only vulnerabilities for which a fix exists count for preventPullFrom; default false. */
  readonly onlyFixable?: boolean;
  /** Pulls are refused for vulnerabilities of this severity and above; `none`: only what policies say. */
  readonly preventPullFrom?: "none" | "negligible" | "low" | "medium" | "high" | "critical";
  /** Whether images that workloads run are not deleted; default true. */
  readonly protectInUse?: boolean;
  /** Patterns of tags that are not deleted. */
  readonly protectedTags?: readonly string[];
  /** The prefix is a cache of another registry. */
  readonly proxyCache?: {
    /** Name of the secret with credentials for it, never the credentials. */
    readonly credentials?: string;
    /** How long what a tag leads to is believed; default 300. */
    readonly freshSeconds?: number;
    /** Spoken to without TLS; default false. */
    readonly isPlainHttp?: boolean;
    /** The registry that is cached. */
    readonly registry: string;
    /** Stands in front of the rest of the name over there. */
    readonly repositoryPrefix?: string;
  };
  /** Most bytes of all blobs under the prefix, each counted once. */
  readonly quotaBytes?: number;
  /** Which tags retention keeps; without a rule all stay. */
  readonly retention?: ReadonlyArray<{
    /** As many of the newest tags are kept. */
    readonly keepNewest?: number;
    /** Tags that were pulled within so many days are kept. */
    readonly keepPulledWithinDays?: number;
    /** Tags that were pushed within so many days are kept. */
    readonly keepPushedWithinDays?: number;
    /** Manifests that no tag, index or subject leads to are removed so many days after their push. */
    readonly removeUntaggedAfterDays?: number;
    /** Tags that the rule is about; default all. */
    readonly tags?: readonly string[];
  }>;
  /** When retention is carried out under the prefix; default each night where there are rules. */
  readonly retentionSchedule?: {
    /** Minute, hour, day of the month, month, day of the week. */
    readonly cron: string;
    /** e.g. Asia/Seoul; default UTC. */
    readonly timeZone?: string;
  };
  /** Whether images are scanned when they are pushed; default true. */
  readonly scanOnPush?: boolean;
  /** What a pull gets while nobody can tell; default `registry.undecided` of the configuration. */
  readonly undecided?: "deny" | "allow";
  /** What a pull gets of content that nobody can scan and that is attached to nothing, such as charts and models; default allow. */
  readonly unscannable?: "deny" | "allow";
}

export interface RunningDetail {
  /** since when the outcome is what it is */
  readonly changedAt?: string;
  readonly containers: readonly string[];
  /** absent: nobody knows which image that is */
  readonly digest?: string;
  readonly exceptions: readonly UsedException[];
  readonly firstSeenAt: string;
  /** our registry by a private or its public name, or another registry */
  readonly from: "private" | "public" | "foreign";
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
  /** our registry by a private or its public name, or another registry */
  readonly from: "private" | "public" | "foreign";
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
  /** what is not listed is switched off */
  readonly registryAddresses: ReadonlyArray<{
    /** of repositories whose settings do not say otherwise */
    readonly anonymousPull: boolean;
    /** whether TLS ends here; a proxy in front may end it as well */
    readonly isTls: boolean;
    readonly network: "private" | "public";
    readonly uri: string;
  }>;
  readonly roles: ReadonlyArray<"registry" | "gate" | "api" | "scanner" | "controller">;
  readonly time: string;
  readonly version: string;
}

export interface StorageUsage {
  /** blobs that are not what their digest says, or gone, and were not repaired yet */
  readonly damage: {
    readonly damaged: number;
    readonly missing: number;
  };
  /** absent when another process stores the blobs */
  readonly disk?: {
    readonly freeBytes: number;
    readonly totalBytes: number;
  };
  readonly quotas: ReadonlyArray<{
    readonly maxBytes: number;
    readonly prefix: string;
    /** in uploads that nobody finished yet, which count as well */
    readonly unfinishedBytes?: number;
    /** what is stored */
    readonly usedBytes: number;
  }>;
  /** in ASCII order */
  readonly repositories: ReadonlyArray<{
    /** with what it shares with others */
    readonly bytes: number;
    readonly manifests: number;
    readonly pulledAt?: string;
    readonly pushedAt?: string;
    readonly repository: string;
    readonly tags: number;
  }>;
  /** each digest counts once, whatever repositories have it */
  readonly total: {
    readonly blobs: number;
    readonly bytes: number;
    readonly manifests: number;
    readonly repositories: number;
    readonly tags: number;
  };
  /** uploads under the prefix that nobody finished yet; absent as disk is */
  readonly unfinished?: {
    readonly bytes: number;
    readonly uploads: number;
  };
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

export interface WebhookDelivery {
  readonly attempts: number;
  readonly createdAt: string;
  /** webhook-id, and the id of the CloudEvent */
  readonly eventId: string;
  readonly eventType: string;
  readonly finishedAt?: string;
  readonly id: number;
  /** what was wrong with the last attempt */
  readonly message?: string;
  readonly nextAttemptAt: string;
  /** the body, as it is sent */
  readonly payload: string;
  /** failed: given up */
  readonly state: "pending" | "delivered" | "failed";
  /** HTTP status of the last answer */
  readonly status?: number;
  readonly webhook: string;
}

export interface WebhookDeliveryList {
  /** newest first */
  readonly deliveries: ReadonlyArray<{
    readonly attempts: number;
    readonly createdAt: string;
    /** webhook-id, and the id of the CloudEvent */
    readonly eventId: string;
    readonly eventType: string;
    readonly finishedAt?: string;
    readonly id: number;
    /** what was wrong with the last attempt */
    readonly message?: string;
    readonly nextAttemptAt: string;
    /** failed: given up */
    readonly state: "pending" | "delivered" | "failed";
    /** HTTP status of the last answer */
    readonly status?: number;
    readonly webhook: string;
  }>;
}

export interface WebhookList {
  readonly webhooks: ReadonlyArray<{
    readonly name: string;
    /** nothing that happened before is sent */
    readonly since: string;
    readonly updatedAt: string;
    readonly updatedBy: string;
    readonly webhook: {
      /** PEM certificates that the receiver is trusted by, beside the usual ones. */
      readonly certificateAuthority?: string;
      /** For people. */
      readonly description?: string;
      /** What is told; default all but image.pulled. */
      readonly events?: ReadonlyArray<"image.pushed" | "image.pulled" | "image.deleted" | "pull.denied" | "image.scanned" | "image.scan_failed" | "quota.reached" | "job.finished" | "job.failed" | "approval.requested" | "blob.damaged" | "key.due">;
      readonly isEnabled: boolean;
      /** Whether events may go without TLS to another machine; default false. */
      readonly isPlainHttp?: boolean;
      /** Only what concerns repositories under it; default everything. */
      readonly prefix?: string;
      readonly url: string;
    };
  }>;
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
  "GET /api/v1/registry/accounts": {
    query: Record<string, never>;
    body: undefined;
    result: {
      readonly accounts: readonly Account[];
    };
  };
  "POST /api/v1/registry/accounts": {
    query: Record<string, never>;
    body: {
      /** where there are any, only these count in repositories: the longest prefix, and elsewhere nothing */
      readonly grants?: ReadonlyArray<{
        /** team is the repository team and all of team/…; empty: every repository */
        readonly prefix: string;
        /** all; read and push; switch the service on and off; read */
        readonly role: "ADMIN" | "IMAGE_UPLOADER" | "PERMISSION" | "VIEWER";
      }>;
      /** a robot has no password, only access keys */
      readonly kind?: "person" | "robot";
      readonly name: string;
      /** all; read and push; switch the service on and off; read */
      readonly role: "ADMIN" | "IMAGE_UPLOADER" | "PERMISSION" | "VIEWER";
    };
    result: {
      readonly account: Account;
      /** told once; it must be changed at the first login */
      readonly password?: string;
    };
  };
  "DELETE /api/v1/registry/accounts/{id}": {
    query: Record<string, never>;
    body: undefined;
    result: undefined;
  };
  "PUT /api/v1/registry/accounts/{id}": {
    query: Record<string, never>;
    body: {
      /** where there are any, only these count in repositories: the longest prefix, and elsewhere nothing */
      readonly grants?: ReadonlyArray<{
        /** team is the repository team and all of team/…; empty: every repository */
        readonly prefix: string;
        /** all; read and push; switch the service on and off; read */
        readonly role: "ADMIN" | "IMAGE_UPLOADER" | "PERMISSION" | "VIEWER";
      }>;
      /** all; read and push; switch the service on and off; read */
      readonly role?: "ADMIN" | "IMAGE_UPLOADER" | "PERMISSION" | "VIEWER";
      readonly state?: "active" | "disabled";
    };
    result: Account;
  };
  "POST /api/v1/registry/accounts/{id}/password": {
    query: Record<string, never>;
    body: undefined;
    result: {
      readonly account: Account;
      /** told once; it must be changed at the first login */
      readonly password?: string;
    };
  };
  "POST /api/v1/registry/backup": {
    query: Record<string, never>;
    body: {
      /** everything: a snapshot; default images */
      readonly content?: "images" | "everything";
      /** Tags that are left out, whatever tags says. */
      readonly excludedTags?: readonly string[];
      /** of the archives; default oci */
      readonly format?: "docker" | "oci";
      /** Names with * for any characters; default all. */
      readonly repositories?: readonly string[];
      /** by this rule; the other fields say nothing then */
      readonly rule?: string;
      /** Tags with * for any characters; default all. */
      readonly tags?: readonly string[];
    };
    result: RegistryJob;
  };
  "DELETE /api/v1/registry/backup-rule": {
    query: { name: string };
    body: undefined;
    result: undefined;
  };
  "PUT /api/v1/registry/backup-rule": {
    query: Record<string, never>;
    body: {
      readonly name: string;
      readonly rule: unknown;
    };
    result: undefined;
  };
  "GET /api/v1/registry/backups": {
    query: Record<string, never>;
    body: undefined;
    result: {
      /** of each name the newest first */
      readonly backups: ReadonlyArray<{
        readonly bytes: number;
        /** everything: a snapshot */
        readonly content: "images" | "everything";
        /** archives, or blobs of a snapshot */
        readonly count: number;
        readonly createdAt: string;
        readonly format?: "docker" | "oci";
        /** NAME/STAMP */
        readonly name: string;
        /** images or blobs that should be in it and are not, the first hundred */
        readonly problems: readonly string[];
      }>;
      readonly rules: ReadonlyArray<{
        readonly name: string;
        /** when it is made next; absent: only when somebody asks */
        readonly nextAt?: string;
        readonly rule: unknown;
        readonly updatedAt: string;
        readonly updatedBy: string;
      }>;
    };
  };
  "GET /api/v1/registry/caches": {
    query: Record<string, never>;
    body: undefined;
    result: RegistryCacheList;
  };
  "POST /api/v1/registry/check": {
    query: Record<string, never>;
    body: undefined;
    result: RegistryJob;
  };
  "GET /api/v1/registry/damaged-blobs": {
    query: { after?: string; limit?: number };
    body: undefined;
    result: DamagedBlobList;
  };
  "POST /api/v1/registry/gc": {
    query: Record<string, never>;
    body: {
      /** only tell what would be removed */
      readonly isDryRun?: boolean;
    };
    result: RegistryJob;
  };
  "POST /api/v1/registry/import": {
    query: Record<string, never>;
    body: {
      /** name of the secret with credentials */
      readonly credentials?: string;
      /** of a tag that leads to another image here */
      readonly duplicates: "skip" | "overwrite";
      /** only says what would be done */
      readonly isDryRun: boolean;
      readonly isPlainHttp?: boolean;
      /** `harbor`: its own API tells more than the catalog */
      readonly kind: "distribution" | "harbor";
      /** e.g. harbor.example */
      readonly registry: string;
      /** patterns of names over there; default all */
      readonly repositories?: readonly string[];
      /** patterns of tags; default all */
      readonly tags?: readonly string[];
      readonly to: string;
      /** whether rules of Harbor become settings here, where nothing is set */
      readonly withSettings: boolean;
    };
    result: RegistryJob;
  };
  "GET /api/v1/registry/job": {
    query: { id: number };
    body: undefined;
    result: RegistryJob;
  };
  "GET /api/v1/registry/jobs": {
    query: { limit?: number; before?: number; kind?: "gc" | "check" | "retention" | "replicate" | "promote" | "import" | "backup" | "restore" | "snapshot" | "external-scan"; state?: "awaiting-approval" | "pending" | "running" | "done" | "failed" | "cancelled" | "rejected" };
    body: undefined;
    result: RegistryJobList;
  };
  "POST /api/v1/registry/jobs/approve": {
    query: Record<string, never>;
    body: {
      readonly id: number;
    };
    result: RegistryJob;
  };
  "POST /api/v1/registry/jobs/cancel": {
    query: Record<string, never>;
    body: {
      readonly id: number;
    };
    result: RegistryJob;
  };
  "POST /api/v1/registry/jobs/reject": {
    query: Record<string, never>;
    body: {
      readonly id: number;
    };
    result: RegistryJob;
  };
  "GET /api/v1/registry/keys": {
    query: { account?: string; all?: "true" | "false" };
    body: undefined;
    result: {
      readonly keys: readonly AccessKey[];
    };
  };
  "POST /api/v1/registry/keys": {
    query: Record<string, never>;
    body: {
      /** name of a robot; absent: one's own */
      readonly account?: string;
      readonly description?: string;
      readonly expiresInDays?: number;
    };
    result: {
      readonly key: AccessKey;
      /** told once; nobody can show it again */
      readonly secretKey: string;
    };
  };
  "DELETE /api/v1/registry/keys/{id}": {
    query: Record<string, never>;
    body: undefined;
    result: undefined;
  };
  "PUT /api/v1/registry/keys/{id}": {
    query: Record<string, never>;
    body: {
      readonly state: "active" | "disabled";
    };
    result: AccessKey;
  };
  "POST /api/v1/registry/keys/{id}/rotate": {
    query: Record<string, never>;
    body: {
      /** how long the key that is replaced goes on working */
      readonly overlapHours?: number;
    };
    result: {
      readonly key: AccessKey;
      /** told once; nobody can show it again */
      readonly secretKey: string;
    };
  };
  "DELETE /api/v1/registry/manifest": {
    query: { repository: string; digest: string };
    body: undefined;
    result: RegistryDeleted;
  };
  "DELETE /api/v1/registry/promotion/rule": {
    query: { name: string };
    body: undefined;
    result: undefined;
  };
  "PUT /api/v1/registry/promotion/rule": {
    query: Record<string, never>;
    body: {
      readonly name: string;
      readonly rule: {
        /** name of the secret with credentials for it */
        readonly credentials?: string;
        /** prefix of repositories, e.g. dev */
        readonly from: string;
        /** whether tags under `to` are made immutable with the rule; default true */
        readonly isImmutable?: boolean;
        /** it is spoken to without TLS; default false */
        readonly isPlainHttp?: boolean;
        /** whether another administrator has to agree; default true */
        readonly needsApproval?: boolean;
        /** another registry that `to` is in; default ours */
        readonly registry?: string;
        /** patterns; default all */
        readonly tags?: readonly string[];
        /** takes its place, e.g. prod */
        readonly to: string;
      };
    };
    result: undefined;
  };
  "GET /api/v1/registry/promotion/rules": {
    query: Record<string, never>;
    body: undefined;
    result: PromotionRuleList;
  };
  "GET /api/v1/registry/promotions": {
    query: { limit?: number; before?: number; kind?: "gc" | "check" | "retention" | "replicate" | "promote" | "import" | "backup" | "restore" | "snapshot" | "external-scan"; state?: "awaiting-approval" | "pending" | "running" | "done" | "failed" | "cancelled" | "rejected" };
    body: undefined;
    result: RegistryJobList;
  };
  "POST /api/v1/registry/promotions": {
    query: Record<string, never>;
    body: {
      readonly repository: string;
      readonly rule: string;
      readonly tag: string;
    };
    result: RegistryJob;
  };
  "DELETE /api/v1/registry/replication": {
    query: { name: string };
    body: undefined;
    result: undefined;
  };
  "GET /api/v1/registry/replication": {
    query: Record<string, never>;
    body: undefined;
    result: ReplicationList;
  };
  "PUT /api/v1/registry/replication": {
    query: Record<string, never>;
    body: {
      readonly name: string;
      readonly rule: unknown;
    };
    result: undefined;
  };
  "POST /api/v1/registry/replication/run": {
    query: Record<string, never>;
    body: {
      readonly name: string;
    };
    result: RegistryJob;
  };
  "GET /api/v1/registry/repositories": {
    query: { prefix?: string; after?: string; limit?: number };
    body: undefined;
    result: RegistryRepositoryList;
  };
  "POST /api/v1/registry/restore": {
    query: Record<string, never>;
    body: {
      /** NAME/STAMP, as the list of backups has it. */
      readonly backup: string;
      /** What happens to a tag that leads to something else by now; default skip. */
      readonly duplicates?: "skip" | "overwrite";
      /** Tags that are left out, whatever tags says. */
      readonly excludedTags?: readonly string[];
      /** In front of the names that the images had, such as restored. */
      readonly prefix?: string;
      /** Names with * for any characters; default all. */
      readonly repositories?: readonly string[];
      /** Tags with * for any characters; default all. */
      readonly tags?: readonly string[];
    };
    result: RegistryJob;
  };
  "POST /api/v1/registry/retention/run": {
    query: Record<string, never>;
    body: {
      /** nothing is removed; the job's result says what would be */
      readonly isDryRun?: boolean;
      /** of repositories; empty: all */
      readonly prefix?: string;
    };
    result: RegistryJob;
  };
  "DELETE /api/v1/registry/scanner": {
    query: { name: string };
    body: undefined;
    result: undefined;
  };
  "PUT /api/v1/registry/scanner": {
    query: Record<string, never>;
    body: {
      /** absent: those that are kept stay; null: none; they cannot be read again */
      readonly credentials?: unknown | null;
      readonly name: string;
      readonly scanner: {
        /** PEM certificates that it is trusted by, beside the usual ones. */
        readonly certificateAuthority?: string;
        /** Whether what it finds counts in verdicts; default false: it is only shown. */
        readonly counts?: boolean;
        /** For people. */
        readonly description?: string;
        readonly isEnabled: boolean;
        /** Images of the repositories under it; default all. */
        readonly prefix?: string;
        /** How it is to reach our registry; default by the first of registry.names. */
        readonly registryUrl?: string;
        /** Base of its API; /api/v1/metadata comes behind it. */
        readonly url: string;
      };
    };
    result: undefined;
  };
  "GET /api/v1/registry/scanners": {
    query: Record<string, never>;
    body: undefined;
    result: RegistryScannerList;
  };
  "POST /api/v1/registry/scanners/scan": {
    query: Record<string, never>;
    body: {
      readonly name: string;
    };
    result: RegistryJob;
  };
  "GET /api/v1/registry/service": {
    query: Record<string, never>;
    body: undefined;
    result: RegistryService;
  };
  "PUT /api/v1/registry/service": {
    query: Record<string, never>;
    body: {
      readonly isOn: boolean;
    };
    result: RegistryService;
  };
  "DELETE /api/v1/registry/settings": {
    query: { prefix: string };
    body: undefined;
    result: PrefixSettingsList;
  };
  "GET /api/v1/registry/settings": {
    query: Record<string, never>;
    body: undefined;
    result: PrefixSettingsList;
  };
  "PUT /api/v1/registry/settings": {
    query: Record<string, never>;
    body: {
      /** empty: all repositories */
      readonly prefix: string;
      /** RepositorySettings; takes the place of what was written for the prefix */
      readonly settings: { readonly [key: string]: unknown };
    };
    result: PrefixSettingsList;
  };
  "POST /api/v1/registry/settings/change": {
    query: Record<string, never>;
    body: {
      /** empty: all repositories */
      readonly prefix: string;
      /** fields of RepositorySettings */
      readonly set?: { readonly [key: string]: unknown };
      /** fields that shorter prefixes say from now on */
      readonly unset?: readonly string[];
    };
    result: PrefixSettingsList;
  };
  "GET /api/v1/registry/settings/effective": {
    query: { repository: string };
    body: undefined;
    result: EffectiveSettings;
  };
  "DELETE /api/v1/registry/tag": {
    query: { repository: string; tag: string };
    body: undefined;
    result: RegistryDeleted;
  };
  "GET /api/v1/registry/tags": {
    query: { repository: string; after?: string; limit?: number };
    body: undefined;
    result: RegistryTagList;
  };
  "DELETE /api/v1/registry/upstream-credentials": {
    query: { name: string };
    body: undefined;
    result: undefined;
  };
  "PUT /api/v1/registry/upstream-credentials": {
    query: Record<string, never>;
    body: {
      /** that they may be sent without TLS; else they go by HTTPS alone, whatever a rule says */
      readonly isPlainHttp?: boolean;
      /** settings, rules and jobs name it as registry-upstream/NAME */
      readonly name: string;
      /** a password or token; it cannot be read again */
      readonly password: string;
      /** the registry that they are for; they are sent to no other one, whatever a rule says */
      readonly registry: string;
      readonly username: string;
    };
    result: undefined;
  };
  "GET /api/v1/registry/usage": {
    query: { prefix?: string; after?: string; limit?: number };
    body: undefined;
    result: StorageUsage;
  };
  "DELETE /api/v1/registry/webhook": {
    query: { name: string };
    body: undefined;
    result: undefined;
  };
  "PUT /api/v1/registry/webhook": {
    query: Record<string, never>;
    body: {
      readonly name: string;
      readonly webhook: {
        /** PEM certificates that the receiver is trusted by, beside the usual ones. */
        readonly certificateAuthority?: string;
        /** For people. */
        readonly description?: string;
        /** What is told; default all but image.pulled. */
        readonly events?: ReadonlyArray<"image.pushed" | "image.pulled" | "image.deleted" | "pull.denied" | "image.scanned" | "image.scan_failed" | "quota.reached" | "job.finished" | "job.failed" | "approval.requested" | "blob.damaged" | "key.due">;
        readonly isEnabled: boolean;
        /** Whether events may go without TLS to another machine; default false. */
        readonly isPlainHttp?: boolean;
        /** Only what concerns repositories under it; default everything. */
        readonly prefix?: string;
        readonly url: string;
      };
    };
    result: {
      readonly name: string;
      /** until then the key before signs along */
      readonly previousUntil?: string;
      /** whsec_…; shown once, when it is made */
      readonly signingKey?: string;
    };
  };
  "GET /api/v1/registry/webhooks": {
    query: Record<string, never>;
    body: undefined;
    result: WebhookList;
  };
  "GET /api/v1/registry/webhooks/deliveries": {
    query: { limit?: number; before?: number; webhook?: string; state?: "pending" | "delivered" | "failed" };
    body: undefined;
    result: WebhookDeliveryList;
  };
  "GET /api/v1/registry/webhooks/delivery": {
    query: { id: number };
    body: undefined;
    result: WebhookDelivery;
  };
  "POST /api/v1/registry/webhooks/redeliver": {
    query: Record<string, never>;
    body: {
      readonly id: number;
    };
    result: WebhookDelivery;
  };
  "POST /api/v1/registry/webhooks/rotate-key": {
    query: Record<string, never>;
    body: {
      readonly name: string;
    };
    result: {
      readonly name: string;
      /** until then the key before signs along */
      readonly previousUntil?: string;
      /** whsec_…; shown once, when it is made */
      readonly signingKey?: string;
    };
  };
  "POST /api/v1/registry/webhooks/test": {
    query: Record<string, never>;
    body: {
      readonly name: string;
    };
    result: WebhookDelivery;
  };
  "GET /api/v1/running": {
    query: { limit?: number; offset?: number; namespace?: string; outcome?: "allow" | "deny" | "undecided"; neverAdmitted?: "true" | "false"; from?: "private" | "public" | "foreign"; text?: string; lang?: "en" | "ko" };
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
  "GET /api/v1/session/methods": {
    query: Record<string, never>;
    body: undefined;
    result: LoginMethods;
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
