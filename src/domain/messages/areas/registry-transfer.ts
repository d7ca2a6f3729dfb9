// SPDX-License-Identifier: Apache-2.0

/** Proxy cache, import and promotion. */
export const registryTransferEn = {
  "console.error.PROMOTION_RULE_UNKNOWN": "There is no promotion rule of this name any more.",
  "console.error.PROMOTION_NOT_COVERED": "The promotion rule is about other repositories or tags.",
  "console.error.PROMOTION_REFUSED":
    "The image is refused by policy, so it cannot be promoted. Look at its verdict, and ask again when it is allowed.",
  "registryTransfer.pushIntoCache":
    "nothing can be pushed here: this repository is a cache of {registry}. Push to a repository of another prefix",
  "registryTransfer.stale":
    "the upstream registry could not be asked whether this is still the image of that name; it was {minutes, plural, one {# minute} other {# minutes}} ago",
  "registryTransfer.cache.BEING_FETCHED":
    "denied, because it cannot tell yet whether this image may be used: it is being fetched from {registry} and scanned. Try again in a moment",
  "registryTransfer.cache.UPSTREAM_LIMITED":
    "denied, because it cannot tell whether this image may be used: {registry} limits how much may be fetched, and is asked again in {seconds, plural, one {# second} other {# seconds}}. Credentials for it raise the limit",
  "registryTransfer.cache.UPSTREAM_AWAY":
    "this image is not cached, and {registry} cannot be reached at the moment. Try again later",
  "registryTransfer.cache.UPSTREAM_REFUSED":
    "{registry} does not let the cache read this image. An administrator has to look at the credentials of the cache",
  "registryTransfer.cache.UPSTREAM_INVALID":
    "what {registry} sent as this image cannot be stored. The log of the server says why",
  "registryTransfer.cache.UPSTREAM_UNKNOWN": "{registry} has no image of that name",
  "registryTransfer.cache.CACHE_BUSY": "too many images are being fetched at the moment. Try again in a moment",
  "cli.registry.import.summary":
    "Bring the images of another registry here, each verified, with their signatures; from Harbor also its rules.",
  "cli.registry.import.registry": "The other registry, such as harbor.example.com or registry.example.com:5000.",
  "cli.registry.import.kind": "What it is: harbor, or distribution for any registry that lists its repositories.",
  "cli.registry.import.to": "Prefix in front of the names here; default none.",
  "cli.registry.import.credentials":
    "Name of the credentials for the other registry, as given to 'haechi registry cache login'.",
  "cli.registry.import.repository":
    "Only repositories of this pattern (* for any characters, ! in front leaves out); may be repeated.",
  "cli.registry.import.tag": "Only tags of this pattern; may be repeated.",
  "cli.registry.import.overwrite": "Move tags that lead to another image here; otherwise they are skipped.",
  "cli.registry.import.withSettings":
    "Make Harbor's rules for retention and immutable tags settings here, where nothing is set.",
  "cli.registry.import.dryRun": "Only say what would be copied and set.",
  "cli.registry.import.sourcePlainHttp": "Speak to the other registry without TLS.",
  "cli.registry.import.noWait": "Do not wait for the end; 'haechi registry jobs watch' follows it.",
  "cli.registry.cache.list.summary": "List the caches of other registries and how these answer.",
  "cli.registry.cache.set.summary": "Make a repository prefix a cache of another registry.",
  "cli.registry.cache.unset.summary": "End a cache; what it holds stays as it is.",
  "cli.registry.cache.login.summary":
    "Keep credentials for another registry, encrypted, for caches, imports and replication.",
  "cli.registry.cache.logout.summary": "Forget credentials for another registry.",
  "cli.registry.cache.prefix": "Prefix of the repositories, such as hub.",
  "cli.registry.cache.name": "Name of the credentials, such as hub.",
  "cli.registry.cache.loginRegistry":
    "The registry that they are for, host or host:port, such as docker.io; they are sent to no other one.",
  "cli.registry.cache.registry": "The registry that is cached, such as docker.io.",
  "cli.registry.cache.repositoryPrefix": "Stands in front of the rest of the name over there, such as library.",
  "cli.registry.cache.fresh": "How long what a tag leads to is believed; default 5m.",
  "cli.registry.cache.registryUsername": "Name at the other registry.",
  "cli.registry.cache.passwordFile": "File with the password or token for the other registry.",
  "cli.registry.cache.plainHttp": "Let them be sent without TLS as well; else they go by HTTPS alone.",
  "cli.registry.promote.request.summary": "Ask for an image to be promoted, such as from dev to prod.",
  "cli.registry.promote.approve.summary": "Agree to a promotion that somebody else asked for.",
  "cli.registry.promote.reject.summary": "Refuse a promotion.",
  "cli.registry.promote.list.summary": "List promotions that were asked for, and what became of them.",
  "cli.registry.promote.rules.summary": "List the rules for promotion.",
  "cli.registry.promote.setRule.summary": "Make or change a rule: what may be promoted to where, and who has to agree.",
  "cli.registry.promote.deleteRule.summary": "Delete a rule for promotion.",
  "cli.registry.promote.rule": "Name of the rule, such as dev-to-prod.",
  "cli.registry.promote.image": "The image, such as dev/team/app:1.4.",
  "cli.registry.promote.from": "Prefix of the repositories whose images are promoted, such as dev.",
  "cli.registry.promote.to": "Prefix that takes its place, such as prod.",
  "cli.registry.promote.tag": "Only tags of this pattern; may be repeated.",
  "cli.registry.promote.registry": "Another registry that TO is in; default this one.",
  "cli.registry.promote.noApproval": "Nobody else has to agree.",
  "cli.registry.promote.mutable": "Leave the tags under the new prefix mutable.",
  "registryTransfer.import.begun": "The import is job {id}.",
  "registryTransfer.import.plan":
    "{images, plural, one {# image} other {# images}} in {repositories, plural, one {# repository} other {# repositories}} would be copied.",
  "registryTransfer.import.done":
    "{copied, plural, one {# image was} other {# images were}} copied, {present} were here already, {skipped} were skipped, {failed} failed.",
  "registryTransfer.import.settings": "Settings made of its rules:",
  "registryTransfer.import.accounts": "Accounts over there, which are not copied, with the role that comes closest:",
  "registryTransfer.import.notes": "Notes:",
  "registryTransfer.note.accountsHidden": "Accounts are not listed: only an administrator of Harbor may see them.",
  "registryTransfer.note.accountsCut": "Only the first {count, number} accounts are listed.",
  "registryTransfer.note.projectsUnreadable": "{count, plural, one {# project} other {# projects}} could not be read.",
  "registryTransfer.note.repositoriesUnreadable":
    "{count, plural, one {# repository} other {# repositories}} of the project {name} could not be read.",
  "registryTransfer.note.artifactsUnreadable":
    "{count, plural, one {# artifact} other {# artifacts}} of {name} could not be read.",
  "registryTransfer.note.tagsUnreadable": "{count, plural, one {# tag} other {# tags}} of {name} could not be read.",
  "registryTransfer.note.projectIsCache":
    "The project {project} is a proxy cache: set up a cache here instead of copying it.",
  "registryTransfer.note.projectIsPublic": "The project {project} is public: anonymousPull can be set for it here.",
  "registryTransfer.note.projectRulesUnreadable": "The rules of the project {project} could not be read.",
  "registryTransfer.note.labelsLeftOut": "Labels of artifacts of {repository} have no counterpart and are left out.",
  "registryTransfer.note.retentionRuleUnmapped":
    "A retention rule of the project {project} ({template}) has no counterpart.",
  "registryTransfer.note.immutableRuleUnmapped": "An immutability rule of the project {project} has no counterpart.",
  "registryTransfer.note.retentionNotSet":
    "No retention is set for {prefix}, since one of its rules has no counterpart.",
  "registryTransfer.note.rulesUnwritable": "The rules of {prefix} cannot be written as settings ({problem}).",
  "registryTransfer.note.noAccountsAndRules": "A registry of this kind says nothing of its accounts and rules.",
  "registryTransfer.cache.none": "No prefix is a cache of another registry.",
  "registryTransfer.cache.set": "{prefix} is a cache of {registry} now.",
  "registryTransfer.cache.unset": "{prefix} is no cache any more.",
  "registryTransfer.cache.loggedIn": "The credentials for {registry} are kept as {name}.",
  "registryTransfer.cache.loggedOut": "The credentials {name} are forgotten.",
  "registryTransfer.upstream.answering": "answers",
  "registryTransfer.upstream.limited": "limits requests, asked again at {until}",
  "registryTransfer.upstream.away": "does not answer, asked again at {until}",
  "registryTransfer.column.prefix": "Prefix",
  "registryTransfer.column.registry": "Registry",
  "registryTransfer.column.state": "State",
  "registryTransfer.column.fetching": "Fetching",
  "registryTransfer.column.message": "Message",
  "registryTransfer.column.rule": "Rule",
  "registryTransfer.column.from": "From",
  "registryTransfer.column.to": "To",
  "registryTransfer.column.approval": "Approval",
  "registryTransfer.column.tags": "Tags",
  "registryTransfer.promotion.noRules": "There are no rules for promotion.",
  "registryTransfer.promotion.approval": "somebody else",
  "registryTransfer.promotion.noApproval": "nobody",
  "registryTransfer.promotion.ruleSet": "The rule {name} promotes images from {from} to {to}.",
  "registryTransfer.promotion.ruleRemoved": "The rule {name} is deleted.",
} as const;

export const registryTransferKo: Record<keyof typeof registryTransferEn, string> = {
  "console.error.PROMOTION_RULE_UNKNOWN": "이 이름의 승격 규칙이 더 이상 없습니다.",
  "console.error.PROMOTION_NOT_COVERED": "이 승격 규칙은 다른 저장소나 태그에 적용됩니다.",
  "console.error.PROMOTION_REFUSED":
    "정책에 따라 거부된 이미지이므로 승격할 수 없습니다. 판정 결과를 확인하고, 허용된 뒤에 다시 요청하십시오.",
  "registryTransfer.pushIntoCache":
    "이 저장소는 {registry} 레지스트리의 캐시이므로 푸시할 수 없습니다. 다른 접두사의 저장소에 푸시하십시오.",
  "registryTransfer.stale":
    "원본 레지스트리에 이 이름의 이미지가 그대로인지 확인하지 못했습니다. 마지막으로 확인한 것은 {minutes, plural, other {#분}} 전입니다.",
  "registryTransfer.cache.BEING_FETCHED":
    "이미지를 사용해도 되는지 아직 판단할 수 없어 거부되었습니다. {registry} 레지스트리에서 가져와 검사하는 중이니 잠시 후 다시 시도하십시오.",
  "registryTransfer.cache.UPSTREAM_LIMITED":
    "이미지를 사용해도 되는지 판단할 수 없어 거부되었습니다. {registry} 레지스트리가 요청 수를 제한하고 있어 {seconds, plural, other {#초}} 후에 다시 요청합니다. 캐시에 자격 증명을 등록하면 제한이 완화됩니다.",
  "registryTransfer.cache.UPSTREAM_AWAY":
    "캐시에 없는 이미지이며 지금은 {registry} 레지스트리에 연결할 수 없습니다. 나중에 다시 시도하십시오.",
  "registryTransfer.cache.UPSTREAM_REFUSED":
    "{registry} 레지스트리가 캐시의 읽기를 거부했습니다. 관리자가 캐시의 자격 증명을 확인해야 합니다.",
  "registryTransfer.cache.UPSTREAM_INVALID":
    "{registry} 레지스트리가 보낸 이미지를 저장할 수 없습니다. 이유는 서버 로그에 있습니다.",
  "registryTransfer.cache.UPSTREAM_UNKNOWN": "{registry} 레지스트리에 그 이름의 이미지가 없습니다.",
  "registryTransfer.cache.CACHE_BUSY": "가져오는 중인 이미지가 너무 많습니다. 잠시 후 다시 시도하십시오.",
  "cli.registry.import.summary":
    "다른 레지스트리의 이미지를 서명과 함께 하나씩 검증하며 가져옵니다. Harbor에서는 규칙도 가져옵니다.",
  "cli.registry.import.registry": "다른 레지스트리. 예: harbor.example.com, registry.example.com:5000",
  "cli.registry.import.kind":
    "레지스트리 종류. harbor, 또는 저장소 목록을 제공하는 모든 레지스트리는 distribution입니다.",
  "cli.registry.import.to": "이 레지스트리에서 이름 앞에 붙일 접두사. 기본값은 없음입니다.",
  "cli.registry.import.credentials": "'haechi registry cache login'으로 등록한 다른 레지스트리 자격 증명의 이름",
  "cli.registry.import.repository":
    "이 패턴의 저장소만 가져옵니다(*는 임의의 문자, 앞의 !는 제외). 여러 번 지정할 수 있습니다.",
  "cli.registry.import.tag": "이 패턴의 태그만 가져옵니다. 여러 번 지정할 수 있습니다.",
  "cli.registry.import.overwrite": "여기에서 다른 이미지를 가리키는 태그를 옮깁니다. 지정하지 않으면 건너뜁니다.",
  "cli.registry.import.withSettings":
    "설정이 없는 곳에 한해 Harbor의 보존 규칙과 변경 불가 태그 규칙을 이 레지스트리의 설정으로 만듭니다.",
  "cli.registry.import.dryRun": "복사하고 설정할 내용만 표시합니다.",
  "cli.registry.import.sourcePlainHttp": "다른 레지스트리에 TLS 없이 접속합니다.",
  "cli.registry.import.noWait":
    "끝날 때까지 기다리지 않습니다. 'haechi registry jobs watch'로 진행 상황을 볼 수 있습니다.",
  "cli.registry.cache.list.summary": "다른 레지스트리의 캐시와 그 레지스트리의 응답 상태를 표시합니다.",
  "cli.registry.cache.set.summary": "저장소 접두사를 다른 레지스트리의 캐시로 만듭니다.",
  "cli.registry.cache.unset.summary": "캐시를 해제합니다. 이미 저장된 이미지는 그대로 남습니다.",
  "cli.registry.cache.login.summary": "캐시, 가져오기, 복제에 쓸 다른 레지스트리의 자격 증명을 암호화하여 보관합니다.",
  "cli.registry.cache.logout.summary": "다른 레지스트리의 자격 증명을 삭제합니다.",
  "cli.registry.cache.prefix": "저장소 접두사. 예: hub",
  "cli.registry.cache.name": "자격 증명의 이름. 예: hub",
  "cli.registry.cache.loginRegistry":
    "자격 증명을 사용할 레지스트리(호스트 또는 호스트:포트). 예: docker.io. 다른 레지스트리에는 보내지 않습니다.",
  "cli.registry.cache.registry": "캐시할 레지스트리. 예: docker.io",
  "cli.registry.cache.repositoryPrefix": "원본 레지스트리에서 나머지 이름 앞에 붙는 부분. 예: library",
  "cli.registry.cache.fresh": "태그가 가리키는 이미지를 다시 확인하지 않는 시간. 기본값은 5m입니다.",
  "cli.registry.cache.registryUsername": "다른 레지스트리의 사용자 이름",
  "cli.registry.cache.passwordFile": "다른 레지스트리의 비밀번호나 토큰이 든 파일",
  "cli.registry.cache.plainHttp": "TLS 없이도 보내도록 허용합니다. 지정하지 않으면 HTTPS로만 보냅니다.",
  "cli.registry.promote.request.summary": "이미지의 승격을 요청합니다. 예: dev에서 prod로",
  "cli.registry.promote.approve.summary": "다른 사람이 요청한 승격을 승인합니다.",
  "cli.registry.promote.reject.summary": "승격을 반려합니다.",
  "cli.registry.promote.list.summary": "요청된 승격과 그 결과를 표시합니다.",
  "cli.registry.promote.rules.summary": "승격 규칙을 표시합니다.",
  "cli.registry.promote.setRule.summary":
    "무엇을 어디로 승격할 수 있고 누구의 승인이 필요한지 정하는 규칙을 만들거나 변경합니다.",
  "cli.registry.promote.deleteRule.summary": "승격 규칙을 삭제합니다.",
  "cli.registry.promote.rule": "규칙의 이름. 예: dev-to-prod",
  "cli.registry.promote.image": "이미지. 예: dev/team/app:1.4",
  "cli.registry.promote.from": "승격할 이미지가 있는 저장소 접두사. 예: dev",
  "cli.registry.promote.to": "그 자리에 들어갈 접두사. 예: prod",
  "cli.registry.promote.tag": "이 패턴의 태그만 승격합니다. 여러 번 지정할 수 있습니다.",
  "cli.registry.promote.registry": "TO가 있는 다른 레지스트리. 기본값은 이 레지스트리입니다.",
  "cli.registry.promote.noApproval": "다른 사람의 승인이 필요하지 않습니다.",
  "cli.registry.promote.mutable": "새 접두사의 태그를 변경 가능한 상태로 둡니다.",
  "registryTransfer.import.begun": "가져오기는 작업 {id}번입니다.",
  "registryTransfer.import.plan":
    "{repositories, plural, other {저장소 #개}}에서 {images, plural, other {이미지 #개}}를 복사하게 됩니다.",
  "registryTransfer.import.done":
    "이미지 {copied, plural, other {#개}}를 복사했습니다. {present}개는 이미 있었고, {skipped}개는 건너뛰었으며, {failed}개는 실패했습니다.",
  "registryTransfer.import.settings": "규칙으로 만든 설정:",
  "registryTransfer.import.accounts": "원본의 계정과 가장 가까운 역할(계정은 복사하지 않습니다):",
  "registryTransfer.import.notes": "참고 사항:",
  "registryTransfer.note.accountsHidden": "계정은 나열하지 않았습니다. Harbor 관리자만 볼 수 있습니다.",
  "registryTransfer.note.accountsCut": "처음 {count, number}개 계정만 나열했습니다.",
  "registryTransfer.note.projectsUnreadable": "프로젝트 {count, plural, other {#개}}를 읽지 못했습니다.",
  "registryTransfer.note.repositoriesUnreadable":
    "{name} 프로젝트의 저장소 {count, plural, other {#개}}를 읽지 못했습니다.",
  "registryTransfer.note.artifactsUnreadable":
    "{name} 저장소의 아티팩트 {count, plural, other {#개}}를 읽지 못했습니다.",
  "registryTransfer.note.tagsUnreadable": "{name} 저장소의 태그 {count, plural, other {#개}}를 읽지 못했습니다.",
  "registryTransfer.note.projectIsCache":
    "{project} 프로젝트는 프록시 캐시입니다. 복사하지 말고 여기에서 캐시를 설정하십시오.",
  "registryTransfer.note.projectIsPublic":
    "{project} 프로젝트는 공개되어 있습니다. 여기에서는 anonymousPull을 설정할 수 있습니다.",
  "registryTransfer.note.projectRulesUnreadable": "{project} 프로젝트의 규칙을 읽지 못했습니다.",
  "registryTransfer.note.labelsLeftOut": "{repository} 저장소의 아티팩트 레이블에 해당하는 기능이 없어 제외했습니다.",
  "registryTransfer.note.retentionRuleUnmapped":
    "{project} 프로젝트의 보존 규칙({template})에 해당하는 설정이 없습니다.",
  "registryTransfer.note.immutableRuleUnmapped": "{project} 프로젝트의 불변 규칙에 해당하는 설정이 없습니다.",
  "registryTransfer.note.retentionNotSet":
    "{prefix}의 규칙 가운데 해당하는 설정이 없는 것이 있어 보존을 설정하지 않았습니다.",
  "registryTransfer.note.rulesUnwritable": "{prefix}의 규칙을 설정으로 옮길 수 없습니다({problem}).",
  "registryTransfer.note.noAccountsAndRules": "이 종류의 레지스트리는 계정과 규칙을 알려 주지 않습니다.",
  "registryTransfer.cache.none": "다른 레지스트리의 캐시로 지정된 접두사가 없습니다.",
  "registryTransfer.cache.set": "이제 {prefix} 접두사는 {registry} 레지스트리의 캐시입니다.",
  "registryTransfer.cache.unset": "{prefix} 접두사는 더 이상 캐시가 아닙니다.",
  "registryTransfer.cache.loggedIn": "{registry} 레지스트리의 자격 증명을 {name} 이름으로 보관했습니다.",
  "registryTransfer.cache.loggedOut": "{name} 자격 증명을 삭제했습니다.",
  "registryTransfer.upstream.answering": "응답함",
  "registryTransfer.upstream.limited": "요청 제한 중, {until}에 다시 요청",
  "registryTransfer.upstream.away": "응답 없음, {until}에 다시 요청",
  "registryTransfer.column.prefix": "접두사",
  "registryTransfer.column.registry": "레지스트리",
  "registryTransfer.column.state": "상태",
  "registryTransfer.column.fetching": "가져오는 중",
  "registryTransfer.column.message": "메시지",
  "registryTransfer.column.rule": "규칙",
  "registryTransfer.column.from": "원본",
  "registryTransfer.column.to": "대상",
  "registryTransfer.column.approval": "승인",
  "registryTransfer.column.tags": "태그",
  "registryTransfer.promotion.noRules": "승격 규칙이 없습니다.",
  "registryTransfer.promotion.approval": "다른 관리자",
  "registryTransfer.promotion.noApproval": "필요 없음",
  "registryTransfer.promotion.ruleSet": "{name} 규칙으로 {from} 이미지를 {to} 접두사로 승격할 수 있습니다.",
  "registryTransfer.promotion.ruleRemoved": "{name} 규칙을 삭제했습니다.",
};
