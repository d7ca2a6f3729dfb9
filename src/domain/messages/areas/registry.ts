// SPDX-License-Identifier: Apache-2.0

export const registryEn = {
  "registry.deniedByPolicy": "denied by policy: {reasons}",
  "registry.undecided": "denied, because it cannot tell whether this image may be used: {reasons}",
  "registry.unauthorized": "authentication required: log in with a name and password that this registry knows",
  "registry.notPermitted":
    "requested access to the resource is denied: your role does not allow {action, select, push {pushing} pull {pulling} inspect {reading refused images} other {this}}",
  "registry.tooManyAttempts":
    "too many failed logins: try again in {seconds, plural, one {# second} other {# seconds}}",
} as const;

export const registryKo: Record<keyof typeof registryEn, string> = {
  "registry.deniedByPolicy": "정책에 따라 거부되었습니다: {reasons}",
  "registry.undecided": "이미지를 사용해도 되는지 판단할 수 없어 거부되었습니다: {reasons}",
  "registry.unauthorized": "인증이 필요합니다. 이 레지스트리에 등록된 이름과 비밀번호로 로그인하십시오.",
  "registry.notPermitted":
    "요청한 작업이 거부되었습니다. 현재 역할에는 {action, select, push {푸시} pull {풀} inspect {거부된 이미지 조회} other {이 작업}} 권한이 없습니다.",
  "registry.tooManyAttempts": "로그인 실패가 너무 많습니다. {seconds, plural, other {#초}} 후에 다시 시도하십시오.",
};
