// SPDX-License-Identifier: Apache-2.0
import {
  type AdmissionRequest,
  type PodImage,
  readOriginalImages,
  readPodTemplate,
  readPullSecretNames,
  type WorkloadKind,
} from "#kubernetes";
import type { ClusterView, PullAccess } from "../context.ts";
import { type AtOnce, allAtOnce, follow } from "./at-once.ts";
import type { ImageAnswer, ImageJudge } from "./image-judge.ts";
import type { JudgedImage } from "./judged-image.ts";
import type { ReviewContext } from "./review-context.ts";
import type { WorkloadIdentity } from "./workload-identity.ts";

/** Images of one object that are to be judged. */
export interface ImagesQuestion {
  readonly request: AdmissionRequest;
  readonly workload: WorkloadKind;
  readonly images: readonly PodImage[];
  readonly review: ReviewContext;
  /** Whether to wait for a scan in progress. */
  readonly waits: boolean;
  readonly identity: WorkloadIdentity;
}

export type ImagesJudge = (question: ImagesQuestion) => AtOnce<readonly JudgedImage[]>;

/** Judges the images of a workload, each reference once. */
export function createImagesJudge(options: {
  readonly judgeImage: ImageJudge;
  readonly cluster: ClusterView | undefined;
}): ImagesJudge {
  const { judgeImage, cluster } = options;

  return ({ request, workload, images, review, waits, identity }) => {
    const question = {
      namespace: request.namespace === "" ? undefined : request.namespace,
      deadline: review.deadline,
      waits,
      workload: identity,
      access: accessOf(request, workload, cluster),
      log: review.log,
    };
    // A webhook that is asked again, or after us, sees digests: by the note it may judge the tag that was written.
    const originals = workload.kind === "Pod" ? readOriginalImages(request.object) : NO_ORIGINALS;
    const answers = new Map<string, AtOnce<ImageAnswer>>();
    function ask(image: PodImage): AtOnce<ImageAnswer> {
      const { reference } = image;
      const claimed = originals.get(image.label);
      const key = claimed === undefined ? reference : JSON.stringify([reference, claimed]);
      let answer = answers.get(key);
      if (answer === undefined) {
        answer = judgeImage({
          ...question,
          reference,
          ...(claimed === undefined ? {} : { claimedOriginal: claimed }),
        });
        answers.set(key, answer);
      }
      return answer;
    }
    return allAtOnce(images.map((image) => follow(ask(image), (answer) => ({ image, ...answer }))));
  };
}

const NO_ORIGINALS: ReadonlyMap<string, string> = new Map();

/** The Pod's own pull secrets, then those of its service account; nothing is read before something is fetched. */
function accessOf(request: AdmissionRequest, workload: WorkloadKind, cluster: ClusterView | undefined): PullAccess {
  if (cluster === undefined || request.namespace === "") {
    return WITHOUT_SECRETS;
  }
  const { spec } = readPodTemplate(workload, request.object);
  const secrets = { namespace: request.namespace, ...readPullSecretNames(spec) };
  return {
    key: JSON.stringify(secrets),
    party: request.namespace,
    credentialFiles: () => cluster.pullSecrets(secrets),
    forget: () => cluster.forgetPullSecrets(secrets),
  };
}

const WITHOUT_SECRETS: PullAccess = { key: "", credentialFiles: () => Promise.resolve([]) };
