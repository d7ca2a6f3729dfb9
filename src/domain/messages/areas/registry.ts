// SPDX-License-Identifier: Apache-2.0

export const registryEn = {
  "registry.deniedByPolicy": "denied by policy: {reasons}",
  "registry.undecided": "denied, because it cannot tell whether this image may be used: {reasons}",
  "registry.letGoWithWarning": "this image is handed out although its policy would refuse it: {reasons}",
  "registry.unauthorized": "authentication required: log in with a name and password that this registry knows",
  "registry.firstPassword":
    "this password was made for you and has to be changed first: log in to the console with it, or run haechi registry accounts password, and choose your own; then log in here with that one",
  "registry.accountIdle":
    "you have not signed in at the identity provider for too long: log in to the console once, then go on with the same access key",
  "registry.notPermitted":
    "requested access to the resource is denied: your role does not allow {action, select, push {pushing} pull {pulling} inspect {reading refused images} other {this}}",
  "registry.tooManyAttempts":
    "too many failed logins: try again in {seconds, plural, one {# second} other {# seconds}}",
  "registry.serviceOff":
    "this registry is switched off: an administrator can switch it on again with haechi registry service on",
  "registry.immutableTag":
    "the tag {tag} of {repository} cannot be moved: the registry setting immutableTags of {prefix} protects it",
  "registry.protected.immutableTags":
    "{subject} cannot be deleted: the registry setting immutableTags of {prefix} protects the tag {tag}",
  "registry.protected.protectedTags":
    "{subject} cannot be deleted: the registry setting protectedTags of {prefix} protects the tag {tag}",
  "registry.protected.inUse":
    "{subject} cannot be deleted: {workload} runs it, and the registry setting protectInUse of {prefix} protects what is in use",
  "registry.scanOnPushOff":
    "it is not scanned when it is pushed here (scanOnPush of {prefix} is off): ask for a scan in the console first",
} as const;

export const registryKo: Record<keyof typeof registryEn, string> = {
  "registry.deniedByPolicy": "정책에 따라 거부되었습니다: {reasons}",
  "registry.undecided": "이미지를 사용해도 되는지 판단할 수 없어 거부되었습니다: {reasons}",
  "registry.letGoWithWarning": "정책에 따르면 거부해야 하지만 이 이미지를 내보냅니다: {reasons}",
  "registry.unauthorized": "인증이 필요합니다. 이 레지스트리에 등록된 이름과 비밀번호로 로그인하십시오.",
  "registry.firstPassword":
    "발급받은 비밀번호는 먼저 바꿔야 합니다. 이 비밀번호로 콘솔에 로그인하거나 haechi registry accounts password 명령을 실행해 본인의 비밀번호를 정한 뒤, 새 비밀번호로 다시 로그인하십시오.",
  "registry.accountIdle":
    "너무 오랫동안 ID 공급자로 로그인하지 않았습니다. 콘솔에 한 번 로그인한 뒤 같은 액세스 키를 계속 사용하십시오.",
  "registry.notPermitted":
    "요청한 작업이 거부되었습니다. 현재 역할에는 {action, select, push {푸시} pull {풀} inspect {거부된 이미지 조회} other {이 작업}} 권한이 없습니다.",
  "registry.serviceOff":
    "레지스트리가 꺼져 있습니다. 관리자가 haechi registry service on 명령으로 다시 켤 수 있습니다.",
  "registry.immutableTag":
    "{repository} 저장소의 {tag} 태그는 옮길 수 없습니다. {prefix}의 레지스트리 설정 immutableTags가 보호하고 있습니다.",
  "registry.protected.immutableTags":
    "{subject} 항목은 삭제할 수 없습니다. {prefix}의 레지스트리 설정 immutableTags가 {tag} 태그를 보호하고 있습니다.",
  "registry.protected.protectedTags":
    "{subject} 항목은 삭제할 수 없습니다. {prefix}의 레지스트리 설정 protectedTags가 {tag} 태그를 보호하고 있습니다.",
  "registry.protected.inUse":
    "{subject} 항목은 삭제할 수 없습니다. {workload}에서 실행 중이며, {prefix}의 레지스트리 설정 protectInUse가 사용 중인 이미지를 보호하고 있습니다.",
  "registry.scanOnPushOff":
    "이 저장소에서는 푸시할 때 스캔하지 않습니다({prefix}의 scanOnPush가 꺼져 있음). 먼저 콘솔에서 스캔을 요청하십시오.",
  "registry.tooManyAttempts": "로그인 실패가 너무 많습니다. {seconds, plural, other {#초}} 후에 다시 시도하십시오.",
};
