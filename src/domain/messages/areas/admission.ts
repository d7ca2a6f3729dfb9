// SPDX-License-Identifier: Apache-2.0

export const admissionEn = {
  "admission.denied":
    "Haechi refused this {kind}: {refused} of its {images, plural, one {# image} other {# images}} may not run.",
  "admission.undecided":
    "Haechi cannot tell whether this {kind} may run, and is set to refuse in that case. No policy has denied it; when what is named below is settled, try again.",
  "admission.beyondScanner":
    "Haechi refused this {kind}: the scanner cannot judge what it runs, so nobody can tell. No policy has denied it. Whatever admission.failure says, such an image runs only where its policy has scan.unsupported: allow.",
  "admission.undecidedAllowed":
    "Haechi cannot tell whether {reference} may run, and let it pass because admission.failure is set to allow.",
  "admission.passedAsKnown":
    "Haechi cannot tell now whether {reference} may run. It was admitted here within the last 24 hours under the same policies, so it passes with the digest that was admitted then. {text}",
  "admission.passedAsOwner":
    "{reference} would not pass today. What runs it was admitted before with the same images, so it passes with the digest that was admitted then. {text}",
  "admission.deniedWorkload": "Haechi refused this {kind}: it breaks the rules of the policy for workloads.",
  "admission.warnModeWorkload": "The workload breaks policy, which only warns so far: {text}",
  "admission.policyInvalid": "Haechi refused this {kind}, which cannot be used as it is written:",
  "admission.policyProblem": "- {path}: {problem}",
  "admission.policyProblemWhole": "- {problem}",
  "admission.policyUndecided":
    "Haechi cannot tell now whether this {kind} may be written, because the Kubernetes API did not say what {user} may do. Nothing has denied it; try again.",
  "admission.approverOther":
    "spec.approver is {approver}, and this request comes from {user}. Only the approver may write that name, and whoever changes an approved exception has to take the name out or approve it.",
  "admission.requesterOther":
    "spec.requester is {requester}, and this request comes from {user}. Whoever asks for an exception, or makes it cover more, writes their own user name there; whoever approves one changes nothing else but the end, and that only to an earlier time.",
  "admission.approverForbidden":
    "{user} may not approve exceptions. That takes the verb approve on policyexceptions.haechi.dev in this namespace.",
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
  "admission.beyondScanner":
    "Haechi가 이 {kind} 요청을 거부했습니다. 스캐너가 판단할 수 없는 이미지가 있어 실행 허용 여부를 알 수 없습니다. 정책에 따라 거부한 것은 아닙니다. 이런 이미지는 admission.failure 설정과 관계없이 해당 정책에 scan.unsupported: allow가 있을 때만 실행됩니다.",
  "admission.undecidedAllowed":
    "Haechi가 {reference} 이미지를 실행해도 되는지 판단할 수 없지만, admission.failure가 allow로 설정되어 있어 통과시켰습니다.",
  "admission.passedAsKnown":
    "지금은 {reference} 이미지를 실행해도 되는지 판단할 수 없습니다. 같은 정책에 따라 24시간 이내에 이 네임스페이스에서 허용된 이미지이므로 그때의 다이제스트로 통과시켰습니다. {text}",
  "admission.passedAsOwner":
    "{reference} 이미지는 지금 판정으로는 통과하지 못합니다. 이 이미지를 실행하는 워크로드가 같은 이미지로 이미 허용되었으므로 그때의 다이제스트로 통과시켰습니다. {text}",
  "admission.deniedWorkload": "Haechi가 이 {kind} 요청을 거부했습니다. 정책의 워크로드 규칙을 위반했습니다.",
  "admission.warnModeWorkload": "워크로드가 정책을 위반했습니다(현재는 경고만 함): {text}",
  "admission.policyInvalid": "이 {kind} 오브젝트는 작성된 내용 그대로 사용할 수 없어 Haechi가 거부했습니다.",
  "admission.policyProblem": "- {path}: {problem}",
  "admission.policyProblemWhole": "- {problem}",
  "admission.policyUndecided":
    "이 {kind} 오브젝트를 저장해도 되는지 지금은 판단할 수 없습니다. 쿠버네티스 API에서 {user} 사용자의 권한을 확인하지 못했습니다. 거부한 것은 아니므로 다시 시도하십시오.",
  "admission.approverOther":
    "spec.approver 값은 {approver}인데 요청한 사용자는 {user}입니다. 승인자 이름은 승인자 본인만 쓸 수 있습니다. 승인된 예외를 바꾸려면 승인자 이름을 지우거나 직접 승인하십시오.",
  "admission.requesterOther":
    "spec.requester는 {requester}이지만 이 요청은 {user} 사용자가 보냈습니다. 예외를 요청하거나 범위를 넓히는 사람은 자기 사용자 이름을 적어야 합니다. 승인하는 사람은 종료 시각을 앞당기는 것 외에 다른 내용을 바꿀 수 없습니다.",
  "admission.approverForbidden":
    "{user} 사용자는 예외를 승인할 수 없습니다. 이 네임스페이스의 policyexceptions.haechi.dev 리소스에 approve 권한이 필요합니다.",
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
