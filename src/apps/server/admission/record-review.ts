// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { AdmissionRecordStore, DecisionRecord, DecisionStore } from "#database";
import type { AdmissionRequest } from "#kubernetes";
import { isBeyondScanner, type Verdict } from "#policy";
import type { AdmissionMetrics } from "./admission-metrics.ts";
import type { AdmittedOwners } from "./admitted-owners.ts";
import { isPlainlyAllowed, type JudgedImage } from "./judged-image.ts";
import type { Review } from "./review-result.ts";
import { partOf, type Webhook } from "./webhook.ts";

export interface RecordOptions {
  readonly decisions: DecisionStore;
  readonly admissions: AdmissionRecordStore;
  readonly owners: AdmittedOwners;
  readonly metrics: AdmissionMetrics;
  readonly failure: "deny" | "allow" | "allowIfKnown";
  readonly clock: Clock;
}

/** A review that was answered. */
export interface DoneReview {
  readonly request: AdmissionRequest;
  readonly result: Review;
  readonly webhook: Webhook;
  readonly requestId: string;
  readonly durationMs: number;
}

/** A function that writes down what was decided. Dry runs leave no trace but the count of reviews. */
export function createRecorder(options: RecordOptions): (done: DoneReview) => void {
  const { decisions, metrics, clock, failure } = options;

  /** What a later webhook lets through was recorded before; of the two older ones the second sees the whole. */
  function isRecorded({ webhook, result }: DoneReview): boolean {
    return !result.answer.allowed || webhook === "admit" || webhook === "admit/va";
  }

  function passOf(done: DoneReview, { verdict, passedAs }: JudgedImage): DecisionRecord["passedAs"] {
    const isLeftToFailure =
      done.result.answer.allowed &&
      verdict.outcome === "undecided" &&
      verdict.mode === "enforce" &&
      failure === "allow" &&
      !isBeyondScanner(verdict);
    return passedAs ?? (isLeftToFailure ? "failure" : undefined);
  }

  function count(done: DoneReview): void {
    const { result } = done;
    for (const judged of result.decided.filter((each) => isCounted(done, each))) {
      const { verdict } = judged;
      metrics.images.inc({ outcome: verdict.outcome });
      if (verdict.outcome === "undecided") {
        const outcome = isBeyondScanner(verdict) ? "deny" : failure;
        metrics.undecided.inc({ reason: verdict.reasons[0]?.code ?? "", failure: outcome });
      }
      const passedAs = passOf(done, judged);
      if (passedAs !== undefined) {
        metrics.passes.inc({ as: passedAs });
      }
    }
    const { clauses } = result;
    if (clauses !== undefined && result.isEnforced && (done.webhook !== "validate" || isNews(done, clauses))) {
      metrics.workloads.inc({ outcome: clauses.outcome });
    }
  }

  function recordDecisions(done: DoneReview, decidedAt: string): void {
    const { request, result } = done;
    const common = {
      gate: "admission" as const,
      actor: request.userName,
      ...(request.namespace === "" ? {} : { namespace: request.namespace }),
      ...(result.workload === undefined ? {} : { kind: result.workload.kind }),
      ...(request.name === "" ? {} : { name: request.name }),
      ...(request.operation === "CREATE" || request.operation === "UPDATE" ? { operation: request.operation } : {}),
      webhook: done.webhook,
      ...(result.policyGeneration === undefined ? {} : { policyGeneration: result.policyGeneration }),
      requestId: done.requestId,
      durationMs: done.durationMs,
      decidedAt,
    };
    // Of the two older webhooks the second records for both: a part would read as if nothing had been held against the image.
    const isForBoth = done.webhook === "admit/va" && result.answer.allowed;
    for (const part of result.decided) {
      const judged = isForBoth ? { ...part, verdict: part.whole ?? part.verdict } : part;
      const { image, verdict } = judged;
      const policy = verdict.decidedBy ?? verdict.policy;
      const passedAs = passOf(done, judged);
      decisions.record({
        ...common,
        reference: image.reference,
        ...(verdict.digest === undefined ? {} : { digest: verdict.digest }),
        outcome: verdict.outcome,
        reasons: verdict.reasons,
        ...(policy === undefined ? {} : { policy }),
        ...(verdict.exceptions === undefined ? {} : { exceptions: verdict.exceptions }),
        ...(passedAs === undefined ? {} : { passedAs }),
      });
    }
    const { clauses } = result;
    if (clauses !== undefined && (clauses.outcome !== "allow" || (clauses.exceptions ?? []).length > 0)) {
      // It is about no image: the reference is empty.
      decisions.record({
        ...common,
        reference: "",
        outcome: clauses.outcome,
        reasons: clauses.reasons,
        ...(clauses.policy === undefined ? {} : { policy: { ...clauses.policy, repository: "" } }),
        ...(clauses.exceptions === undefined ? {} : { exceptions: clauses.exceptions }),
      });
    }
  }

  function remember(done: DoneReview, at: string): void {
    const { request, result, webhook } = done;
    const { namespace } = request;
    if (namespace === "" || !result.isEnforced) {
      return;
    }
    for (const judged of result.decided) {
      const { image, verdict } = judged;
      const { digest } = verdict;
      const { reference } = image;
      if (verdict.outcome === "deny" && !verdict.reasons.some(({ code }) => code === "DIGEST_REQUIRED")) {
        options.admissions.recordDenied({
          namespace,
          reference,
          ...(digest === undefined ? {} : { digest }),
          deniedAt: at,
        });
      } else if (
        result.answer.allowed &&
        webhook !== "admit/trust" &&
        digest !== undefined &&
        result.policyGeneration !== undefined &&
        isPlainlyAllowed(judged) &&
        (verdict.exceptions ?? []).length === 0
      ) {
        options.admissions.recordKnown({
          namespace,
          reference,
          digest,
          policyGeneration: result.policyGeneration,
          admittedAt: at,
        });
      }
    }
    const isAllowed = result.answer.allowed && result.outcome === "allow";
    const clausesPass = result.clauses === undefined || result.clauses.outcome === "allow";
    // A Pod as it was written; other workloads as they were stored, since they are not pinned.
    const isItsWebhook = (webhook === "validate") === (result.workload?.kind !== "Pod");
    if (isAllowed && clausesPass && isItsWebhook && webhook !== "admit/trust" && result.isWhole === true) {
      if (result.workload !== undefined) {
        options.owners.record(request, result.workload, { judged: result.decided, at });
      }
    }
  }

  /** What validation refuses that was let pass before: another image, or another verdict. */
  function isNews({ result }: DoneReview, { outcome }: Pick<Verdict, "outcome">): boolean {
    return !result.answer.allowed && outcome !== "allow";
  }

  /**
   * Each image once, by whichever webhook had the last word on it: the first, which judges what was written, or the one
   * that refuses what came of it. Of the two older ones the first has what it holds something against, the second the rest.
   */
  function isCounted(done: DoneReview, judged: JudgedImage): boolean {
    switch (done.webhook) {
      case "admit":
        return true;
      case "admit/trust":
        return !done.result.answer.allowed || judged.verdict.outcome !== "allow";
      case "admit/va":
        return judged.whole === undefined || partOf(judged.whole, "admit/trust").outcome === "allow";
      default:
        return isNews(done, judged.verdict) && judged.passedAs === undefined;
    }
  }

  return (done) => {
    if (done.request.isDryRun || done.result.decided.length + (done.result.clauses === undefined ? 0 : 1) === 0) {
      return;
    }
    const at = clock.now().toISOString();
    count(done);
    if (isRecorded(done)) {
      recordDecisions(done, at);
    }
    remember(done, at);
  };
}
