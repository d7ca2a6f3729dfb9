// SPDX-License-Identifier: Apache-2.0

/** The storage of the registry: quotas, garbage collection, the check of what is stored, figures. */
export const registryStorageEn = {
  "registryStorage.quota.exceeded":
    "The quota of {quota} for {prefix} is exceeded: {used} are stored or in uploads that are not finished, and {size} more do not fit. Delete images there, cancel uploads, or ask an administrator for a larger quota.",
  "registryStorage.uploads.repositoryFull":
    "{repository} has {limit, number} uploads that are not finished, and a repository may not have more. Finish or cancel some and try again; what nobody writes to is removed after registry.uploadMaxAge.",
  "registryStorage.uploads.registryFull":
    "The registry has {limit, number} uploads that are not finished, and {owner} its share of them. Finish or cancel some and try again; what nobody writes to is removed after registry.uploadMaxAge.",
  "registryStorage.gc.summary": "Collect what no repository needs, and report the space that came free.",
  "registryStorage.gc.dryRun": "Only say what would be removed.",
  "registryStorage.noWait": "Only ask for it; do not wait for its end.",
  "registryStorage.gc.exitCodes": "0: done or asked for; 1: it failed or was cancelled.",
  "registryStorage.gc.done":
    "{blobs, plural, one {# blob was} other {# blobs were}} removed, {size} came free. Taken out of repositories: {links, plural, one {# blob} other {# blobs}} that no manifest names. Abandoned uploads: {uploads, number}. Empty repositories: {repositories, number}.",
  "registryStorage.gc.wouldDo":
    "{blobs, plural, one {# blob} other {# blobs}} would be removed, {size} would come free. Nothing was changed.",
  "registryStorage.check.summary": "Read everything that is stored and compare it with its digest.",
  "registryStorage.check.exitCodes":
    "0: all is whole, or asked for; 1: something is damaged or missing, or the check did not come to its end.",
  "registryStorage.check.whole": "{blobs, plural, one {# blob} other {# blobs}} read, {size}: all whole.",
  "registryStorage.check.found":
    "{blobs, plural, one {# blob} other {# blobs}} read, {size}: {damaged, number} damaged, {missing, number} missing. Push one of the images that are named here again, or replicate it from a registry that has it: that repairs the blob.",
  "registryStorage.check.damaged": "damaged",
  "registryStorage.check.missing": "missing",
  "registryStorage.usage.summary": "Show how much is stored, by repository and against quotas.",
  "registryStorage.usage.prefix": "Only repositories under this prefix.",
  "registryStorage.usage.total":
    "{size} in {blobs, plural, one {# blob} other {# blobs}} and {manifests, plural, one {# manifest} other {# manifests}}, {repositories, plural, one {# repository} other {# repositories}}, {tags, plural, one {# tag} other {# tags}}.",
  "registryStorage.usage.disk": "The disk has {free} of {size} left.",
  "registryStorage.usage.damage":
    "{damaged, number} damaged and {missing, number} missing: haechi registry check names the images to push again.",
  "registryStorage.usage.unfinished":
    "{uploads, plural, one {# upload} other {# uploads}} of {size} not finished: they count in quotas until they are, or until they are given up.",
  "registryStorage.usage.quota": "Quota of {prefix}: {used} of {quota} ({percent, number} %).",
  "registryStorage.usage.quotaWithUploads":
    "Quota of {prefix}: {used} of {quota} ({percent, number} %), {unfinished} of it in uploads that are not finished.",
  "registryStorage.usage.repository": "REPOSITORY",
  "registryStorage.usage.size": "SIZE",
  "registryStorage.usage.tags": "TAGS",
  "registryStorage.usage.manifests": "MANIFESTS",
  "registryStorage.usage.pushed": "LAST PUSH",
  "registryStorage.usage.pulled": "LAST PULL",
} as const;

export const registryStorageKo: Readonly<Record<keyof typeof registryStorageEn, string>> = {
  "registryStorage.quota.exceeded":
    "{prefix} 할당량 {quota}를 초과합니다. 저장된 이미지와 완료되지 않은 업로드가 이미 {used}를 사용하고 있어 {size}를 더 저장할 수 없습니다. 해당 위치의 이미지를 삭제하거나 업로드를 취소하거나 관리자에게 할당량 증설을 요청하십시오.",
  "registryStorage.uploads.repositoryFull":
    "{repository} 저장소에 완료되지 않은 업로드가 {limit, number}개 있어 더 시작할 수 없습니다. 일부를 완료하거나 취소한 뒤 다시 시도하십시오. 진행되지 않는 업로드는 registry.uploadMaxAge가 지나면 정리됩니다.",
  "registryStorage.uploads.registryFull":
    "레지스트리에 완료되지 않은 업로드가 {limit, number}개 있고, {owner} 아래의 업로드가 이미 제 몫을 차지하고 있습니다. 일부를 완료하거나 취소한 뒤 다시 시도하십시오. 진행되지 않는 업로드는 registry.uploadMaxAge가 지나면 정리됩니다.",
  "registryStorage.gc.summary": "어느 저장소에도 필요하지 않은 데이터를 정리하고 확보한 공간을 보여 줍니다.",
  "registryStorage.gc.dryRun": "삭제될 대상만 보여 주고 실제로 삭제하지는 않습니다.",
  "registryStorage.noWait": "작업을 요청하기만 하고 끝날 때까지 기다리지 않습니다.",
  "registryStorage.gc.exitCodes": "0: 완료 또는 요청됨, 1: 실패 또는 취소됨.",
  "registryStorage.gc.done":
    "blob {blobs, plural, other {#}}개를 삭제하여 {size}를 확보했습니다. 매니페스트가 참조하지 않아 저장소에서 제외한 blob은 {links, plural, other {#}}개, 중단된 업로드는 {uploads, number}개, 비어 있는 저장소는 {repositories, number}개입니다.",
  "registryStorage.gc.wouldDo":
    "blob {blobs, plural, other {#}}개를 삭제하여 {size}를 확보할 수 있습니다. 변경된 내용은 없습니다.",
  "registryStorage.check.summary": "저장된 모든 데이터를 읽어 다이제스트와 비교합니다.",
  "registryStorage.check.exitCodes":
    "0: 이상 없음 또는 요청됨, 1: 손상되거나 없는 데이터가 있음, 또는 검사가 끝까지 진행되지 않음.",
  "registryStorage.check.whole": "blob {blobs, plural, other {#}}개({size})를 읽었으며 모두 정상입니다.",
  "registryStorage.check.found":
    "blob {blobs, plural, other {#}}개({size})를 읽었으며 손상 {damaged, number}개, 누락 {missing, number}개를 발견했습니다. 아래에 표시된 이미지 중 하나를 다시 푸시하거나 정상 데이터가 있는 레지스트리에서 복제하면 복구됩니다.",
  "registryStorage.check.damaged": "손상",
  "registryStorage.check.missing": "누락",
  "registryStorage.usage.summary": "저장 용량을 저장소별로, 할당량과 함께 보여 줍니다.",
  "registryStorage.usage.prefix": "이 접두사에 속한 저장소만 보여 줍니다.",
  "registryStorage.usage.total":
    "전체 {size}: blob {blobs, plural, other {#}}개, 매니페스트 {manifests, plural, other {#}}개, 저장소 {repositories, plural, other {#}}개, 태그 {tags, plural, other {#}}개.",
  "registryStorage.usage.disk": "디스크 {size} 중 {free}를 사용할 수 있습니다.",
  "registryStorage.usage.damage":
    "손상된 blob {damaged, number}개, 없는 blob {missing, number}개가 있습니다. 다시 푸시할 이미지는 haechi registry check 명령으로 확인하십시오.",
  "registryStorage.usage.unfinished":
    "완료되지 않은 업로드: {uploads, plural, other {#}}개, {size}. 완료되거나 중단되어 정리될 때까지 할당량에 포함됩니다.",
  "registryStorage.usage.quota": "{prefix} 할당량: {quota} 중 {used} 사용({percent, number}%).",
  "registryStorage.usage.quotaWithUploads":
    "{prefix} 할당량: {quota} 중 {used} 사용({percent, number}%). 이 가운데 {unfinished}는 완료되지 않은 업로드입니다.",
  "registryStorage.usage.repository": "저장소",
  "registryStorage.usage.size": "용량",
  "registryStorage.usage.tags": "태그",
  "registryStorage.usage.manifests": "매니페스트",
  "registryStorage.usage.pushed": "마지막 푸시",
  "registryStorage.usage.pulled": "마지막 풀",
};
