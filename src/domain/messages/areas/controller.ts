// SPDX-License-Identifier: Apache-2.0

export const controllerEn = {
  "controller.event.denied":
    "The image {image} runs here and would be refused now. {reason}{more, plural, =0 {} one { There is # more reason.} other { There are # more reasons.}}",
  "controller.event.allowed": "The image {image} is allowed again.",
  "controller.report.allowed": "The image {image} is allowed.",
  "controller.report.more":
    "{count, plural, one {# more result is} other {# more results are}} left out here; the console shows all of them.",
  "controller.neverAdmitted.static-pod":
    "The gate never admitted this: the kubelet starts static pods from files of the node, whatever the API server says.",
  "controller.neverAdmitted.excluded-namespace":
    "The gate never admitted this: its namespace is excluded from the gate.",
  "controller.neverAdmitted.older-than-gate": "The gate never admitted this: it was made before the gate was there.",
  "controller.neverAdmitted.no-record": "The gate has no record of having admitted this image in this namespace.",
  "controller.status.ready": "In force, with {count, plural, one {# entry} other {# entries}}.",
  "controller.status.readyWithDoubts":
    "In force, but probably not as it is meant. {problem}{more, plural, =0 {} one { There is # more remark.} other { There are # more remarks.}}",
  "controller.status.invalid":
    "It cannot be read, so that every image at its level is undecided. {problem}{more, plural, =0 {} one { There is # more problem.} other { There are # more problems.}}",
  "controller.status.exceptionInvalid":
    "It cannot be read and has no effect. {problem}{more, plural, =0 {} one { There is # more problem.} other { There are # more problems.}}",
  "controller.status.active": "In force until {until}.",
  "controller.status.expired": "It ended at {until} and has no effect any more.",
  "controller.status.requested": "It has no effect until somebody who may approve exceptions becomes its approver.",
} as const;

export const controllerKo: Record<keyof typeof controllerEn, string> = {
  "controller.event.denied":
    "실행 중인 {image} 이미지는 지금 기준으로 거부됩니다. {reason}{more, plural, =0 {} other { 이 밖에 사유가 #건 더 있습니다.}}",
  "controller.event.allowed": "{image} 이미지가 다시 허용되었습니다.",
  "controller.report.allowed": "{image} 이미지는 허용됩니다.",
  "controller.report.more": "{count, plural, other {결과 #건을 생략했습니다.}} 전체 결과는 콘솔에서 볼 수 있습니다.",
  "controller.neverAdmitted.static-pod":
    "게이트를 거치지 않았습니다. 스태틱 파드는 API 서버의 판정과 관계없이 kubelet이 노드의 파일로 직접 시작합니다.",
  "controller.neverAdmitted.excluded-namespace":
    "게이트를 거치지 않았습니다. 이 네임스페이스는 게이트에서 제외되어 있습니다.",
  "controller.neverAdmitted.older-than-gate": "게이트를 거치지 않았습니다. 게이트가 준비되기 전에 만들어졌습니다.",
  "controller.neverAdmitted.no-record": "이 네임스페이스에서 게이트가 이 이미지를 통과시킨 기록이 없습니다.",
  "controller.status.ready": "적용 중이며 항목은 {count, plural, other {#}}개입니다.",
  "controller.status.readyWithDoubts":
    "적용 중이지만 의도와 다를 수 있습니다. {problem}{more, plural, =0 {} other { 이 밖에 #건이 더 있습니다.}}",
  "controller.status.invalid":
    "읽을 수 없는 정책이므로 이 정책이 적용되는 범위의 모든 이미지를 판정할 수 없습니다. {problem}{more, plural, =0 {} other { 이 밖에 문제가 #건 더 있습니다.}}",
  "controller.status.exceptionInvalid":
    "읽을 수 없는 예외이므로 효력이 없습니다. {problem}{more, plural, =0 {} other { 이 밖에 문제가 #건 더 있습니다.}}",
  "controller.status.active": "{until}까지 유효합니다.",
  "controller.status.expired": "{until}에 만료되어 더 이상 효력이 없습니다.",
  "controller.status.requested": "승인 권한이 있는 사람이 승인하기 전에는 효력이 없습니다.",
};
