// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { AdmissionRecordStore } from "#database";
import { type AdmissionRequest, type PinnedForm, type PodImage, pinReference, type WorkloadKind } from "#kubernetes";
import { isBeyondScanner } from "#policy";
import type { AdmittedOwners } from "./admitted-owners.ts";
import type { AtOnce } from "./at-once.ts";
import type { JudgedImage, Pass } from "./judged-image.ts";
import type { ReviewContext } from "./review-context.ts";

/** Also when judging took all of the time: the margin before the API server's own deadline is larger. */
const MIN_LOOK_UP_MS = 200;

/** What a review asks about the images that its verdicts hold back. */
export interface PassQuestion {
  readonly request: AdmissionRequest;
  readonly workload: WorkloadKind;
  /** All of the object: an owner was admitted with all of its images. */
  readonly images: readonly PodImage[];
  /** Those that are new or changed. */
  readonly judged: readonly JudgedImage[];
  readonly policyGeneration: string;
  readonly review: ReviewContext;
  /** Whether judging goes on: then only an admitted owner counts. */
  readonly isEarly?: boolean;
}

export interface PassesOptions {
  readonly admissions: AdmissionRecordStore;
  readonly owners: AdmittedOwners;
  readonly failure: "deny" | "allow" | "allowIfKnown";
  readonly pinnedForm: PinnedForm;
}

/** What lets an image pass, and as which digest. */
interface Grant {
  readonly digest: Digest;
  readonly passedAs: Pass;
}

/**
 * A function that lets images pass which were admitted before, pinned to the digest that was admitted then. The database
 * is asked only about what would be held back. What it cannot answer passes nothing.
 */
export function createPasses(options: PassesOptions): (question: PassQuestion) => AtOnce<readonly JudgedImage[]> {
  const { admissions, owners, failure, pinnedForm } = options;

  function pass(question: PassQuestion, judged: JudgedImage, { digest, passedAs }: Grant): JudgedImage {
    const { image, verdict, whole } = judged;
    const pinned = pinReference(image.reference, digest, pinnedForm);
    // After the first webhook nobody writes the digest any more: a tag that is there then was put back by another one.
    const isFinal = question.review.webhook === "validate" && question.workload.kind === "Pod";
    // A reference that names another digest is another image.
    return pinned === undefined || (isFinal && !image.reference.includes("@"))
      ? judged
      : {
          image,
          verdict,
          passedAs,
          ...(whole === undefined ? {} : { whole }),
          ...(image.reference.includes("@") ? {} : { pinned }),
        };
  }

  async function passByOwner(question: PassQuestion): Promise<readonly JudgedImage[]> {
    const { request, workload, images, judged, review } = question;
    const recorded = await orNothing(owners.find(request, workload, { images, review }), review);
    const digests = new Map(recorded?.map(({ place, digest }) => [place, digest]));
    return judged.map((each) => {
      const digest = digests.get(each.image.pointer);
      return isHeldBack(each) && digest !== undefined ? pass(question, each, { digest, passedAs: "owner" }) : each;
    });
  }

  async function passByKnown(question: PassQuestion, judged: readonly JudgedImage[]): Promise<readonly JudgedImage[]> {
    const { namespace } = question.request;
    const { policyGeneration, review } = question;
    return await Promise.all(
      judged.map(async (each) => {
        // What is undecided for good was let pass by other facts; those that there are now refuse it.
        if (!isHeldBack(each) || each.verdict.outcome !== "undecided" || isBeyondScanner(each.verdict)) {
          return each;
        }
        const asked = { namespace, reference: each.image.reference, policyGeneration };
        const digest = await orNothing(admissions.findKnown(asked), review);
        return digest === undefined ? each : pass(question, each, { digest, passedAs: "known" });
      }),
    );
  }

  async function passWhatIsHeldBack(question: PassQuestion): Promise<readonly JudgedImage[]> {
    const byOwner = owners.mayKnow(question.request, question.workload) ? await passByOwner(question) : question.judged;
    return failure === "allowIfKnown" && question.isEarly !== true ? await passByKnown(question, byOwner) : byOwner;
  }

  return (question) => {
    const isWhole = question.judged.length > 0 && question.request.namespace !== "";
    return isWhole && question.judged.some(isHeldBack) ? passWhatIsHeldBack(question) : question.judged;
  };
}

function isHeldBack({ verdict, passedAs }: JudgedImage): boolean {
  return (
    passedAs === undefined &&
    verdict.mode === "enforce" &&
    verdict.outcome !== "allow" &&
    // A webhook that ran later put the tag back: what was admitted was the digest.
    !verdict.reasons.some(({ code }) => code === "DIGEST_REQUIRED")
  );
}

/** A database that does not answer in time passes nothing, and must not hold up the answer. */
async function orNothing<T>(looked: Promise<T>, review: ReviewContext): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, Math.max(MIN_LOOK_UP_MS, review.deadline - performance.now()), undefined);
  try {
    return await Promise.race([looked, late.promise]);
  } catch (error) {
    review.log().warn({ err: error }, "could not look up what was admitted before");
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
