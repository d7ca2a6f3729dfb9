// SPDX-License-Identifier: Apache-2.0

export const admissionEn = {
  "admission.denied":
    "Haechi refused this {kind}: {refused} of its {images, plural, one {# image} other {# images}} may not run.",
  "admission.undecided":
    "Haechi cannot tell whether this {kind} may run, and is set to refuse in that case. No policy has denied it; when what is named below is settled, try again.",
  "admission.undecidedAllowed":
    "Haechi cannot tell whether {reference} may run, and let it pass because admission.failure is set to allow.",
  "admission.wouldBeDenied": "Haechi would refuse the Pods of this {kind}: {text}",
  "admission.wouldBeUndecided": "Haechi cannot tell now whether the Pods of this {kind} may run: {text}",
  "admission.warnMode": "{reference} breaks policy, which only warns so far: {text}",
  "admission.image": "{label}: {text}",
  "admission.unsupportedResource":
    "Haechi cannot read {resource}, so it refuses it. Use a current version of the resource, or update Haechi.",
  "admission.malformedObject": "The object does not have the form of a {kind}, so Haechi refuses it.",
  "admission.malformedReview": "Haechi could not read the AdmissionReview: {problem}",
  "admission.tooManyImages": "This {kind} has {images} images; Haechi accepts at most {limit}.",
  "admission.internalError": "Haechi failed to judge this request. Its log says why under request id {requestId}.",
} as const;

export const admissionKo: Record<keyof typeof admissionEn, string> = {
  "admission.denied":
    "Haechi가 이 {kind} 요청을 거부했습니다. 이미지 {images, plural, other {#개}} 중 {refused}개를 실행할 수 없습니다.",
  "admission.undecided":
    "Haechi가 이 {kind}의 실행 허용 여부를 판단할 수 없으며, 이 경우 거부하도록 설정되어 있습니다. 정책에 따라 거부한 것은 아니므로 아래 항목을 해결한 뒤 다시 시도하십시오.",
  "admission.undecidedAllowed":
    "Haechi가 {reference} 이미지를 실행해도 되는지 판단할 수 없지만, admission.failure가 allow로 설정되어 있어 통과시켰습니다.",
  "admission.wouldBeDenied": "Haechi가 이 {kind}의 Pod 생성을 거부하게 됩니다: {text}",
  "admission.wouldBeUndecided": "이 {kind}의 Pod를 실행해도 되는지 지금은 판단할 수 없습니다: {text}",
  "admission.warnMode": "{reference} 이미지가 정책을 위반했습니다(현재는 경고만 함): {text}",
  "admission.image": "{label}: {text}",
  "admission.unsupportedResource":
    "Haechi가 {resource} 리소스를 해석할 수 없어 거부했습니다. 최신 버전의 리소스를 사용하거나 Haechi를 업데이트하십시오.",
  "admission.malformedObject": "오브젝트가 {kind} 형식에 맞지 않아 Haechi가 거부했습니다.",
  "admission.malformedReview": "Haechi가 AdmissionReview를 해석할 수 없습니다: {problem}",
  "admission.tooManyImages": "이 {kind}의 이미지가 {images}개입니다. Haechi는 최대 {limit}개까지 허용합니다.",
  "admission.internalError":
    "Haechi가 이 요청을 판단하지 못했습니다. 로그에서 요청 ID {requestId}의 원인을 확인하십시오.",
};
