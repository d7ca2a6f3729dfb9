// SPDX-License-Identifier: Apache-2.0

/** Backups, snapshots and archives of images. */
export const registryBackupEn = {
  "console.error.BACKUP_OFF":
    "This server has no folder for backups. Set registry.backupDir and start the server again.",
  "console.error.BACKUP_UNKNOWN": "There is no backup of this name that could be restored here.",
  "console.error.BACKUP_RULE_UNKNOWN": "There is no backup rule of this name.",
  "registryBackup.save.summary": "Save images to one file, as docker save or as an OCI archive with signatures.",
  "registryBackup.save.image": "Image with its registry, e.g. registry.example.com/team/app:1.0.",
  "registryBackup.save.output": "The file to write; it appears when it is whole.",
  "registryBackup.save.format":
    "docker: for docker load, podman and skopeo, without signatures; oci: with everything that is attached to the images.",
  "registryBackup.save.done":
    "{images, plural, one {# image was} other {# images were}} saved to {file}: {size}, sha256 {sha256}.",
  "registryBackup.save.problem": "Left out, since it cannot be read: {problem}",
  "registryBackup.save.exitCodes": "0: saved; 3: saved, but something that is attached to an image could not be read.",
  "registryBackup.load.summary": "Push all images of a saved file to a registry.",
  "registryBackup.load.file": "What docker save, podman, skopeo or haechi registry save wrote.",
  "registryBackup.load.repository":
    "Registry with an optional path, e.g. mirror.example.com/team; it takes the place of the registry in the names.",
  "registryBackup.load.done":
    "{name} {digest}: {size} sent, {attached, plural, one {# attachment} other {# attachments}}.",
  "registryBackup.backup.now.summary": "Back up images now, each to an archive in the folder of the server.",
  "registryBackup.backup.rule": "By this rule instead of the options.",
  "registryBackup.backup.repository": "Repositories, with * for any characters; may be repeated; default all.",
  "registryBackup.backup.tag": "Tags, with * for any characters; may be repeated; default all.",
  "registryBackup.backup.excludeTag": "Tags that are left out; may be repeated.",
  "registryBackup.backup.archiveFormat":
    "docker: as docker save, without signatures; oci: with everything that is attached to the images.",
  "registryBackup.backup.exitCodes": "0: done or asked for; 1: it failed, was cancelled, or is not complete.",
  "registryBackup.backup.done":
    "Backup {name}: {images, plural, one {# image} other {# images}}, {size}, of them {unchanged, number} as in the backup before. Old backups removed: {pruned, number}.",
  "registryBackup.backup.list.summary": "List backups of images and the rules by which they are made.",
  "registryBackup.backup.schedule.summary": "Make backups of images at certain times.",
  "registryBackup.backup.unschedule.summary": "Remove a rule; its backups stay.",
  "registryBackup.rule.name": "Name of the rule, e.g. nightly.",
  "registryBackup.rule.cron":
    "Minute, hour, day of the month, month, day of the week; without it only when somebody asks.",
  "registryBackup.rule.timeZone": "Time zone of the schedule, e.g. Asia/Seoul.",
  "registryBackup.rule.keep": "How many are kept.",
  "registryBackup.rule.set": "The rule {name} is set.",
  "registryBackup.rule.removed": "The rule {name} is removed. Its backups stay until somebody deletes them.",
  "registryBackup.restore.summary": "Put images of a backup back into the registry.",
  "registryBackup.restore.backup": "NAME/STAMP, as haechi registry backup list shows it.",
  "registryBackup.restore.prefix": "In front of the names of the repositories, e.g. restored.",
  "registryBackup.restore.overwrite": "Move tags that lead to something else by now; without it they are left.",
  "registryBackup.restore.done":
    "From {name}: {restored, number} restored, {present, number} there already, {skipped, number} left because the tag leads to something else.",
  "registryBackup.snapshot.now.summary":
    "Write down the whole registry of this moment: all data, all settings, all accounts.",
  "registryBackup.snapshot.done":
    "Snapshot {name}: {blobs, plural, one {# blob} other {# blobs}}, {size}, of them {copied} copied and the rest linked. Old snapshots removed: {pruned, number}. Keep the secret key file apart from it.",
  "registryBackup.snapshot.list.summary": "List snapshots and the rules by which they are made.",
  "registryBackup.snapshot.schedule.summary": "Make snapshots at certain times.",
  "registryBackup.column.name": "NAME",
  "registryBackup.column.created": "CREATED",
  "registryBackup.column.format": "FORMAT",
  "registryBackup.column.count": "COUNT",
  "registryBackup.column.size": "SIZE",
  "registryBackup.column.problems": "PROBLEMS",
  "registryBackup.column.rule": "RULE",
  "registryBackup.column.keep": "KEEP",
  "registryBackup.column.schedule": "SCHEDULE",
  "registryBackup.column.next": "NEXT",
} as const;

export const registryBackupKo: Readonly<Record<keyof typeof registryBackupEn, string>> = {
  "console.error.BACKUP_OFF":
    "이 서버에는 백업 폴더가 설정되어 있지 않습니다. registry.backupDir를 설정하고 서버를 다시 시작하십시오.",
  "console.error.BACKUP_UNKNOWN": "여기에서 복원할 수 있는 해당 이름의 백업이 없습니다.",
  "console.error.BACKUP_RULE_UNKNOWN": "해당 이름의 백업 규칙이 없습니다.",
  "registryBackup.save.summary":
    "이미지를 파일 하나로 저장합니다. docker save 형식 또는 서명을 포함한 OCI 아카이브로 저장합니다.",
  "registryBackup.save.image": "레지스트리를 포함한 이미지 이름입니다. 예: registry.example.com/team/app:1.0",
  "registryBackup.save.output": "저장할 파일입니다. 저장이 완전히 끝난 뒤에 나타납니다.",
  "registryBackup.save.format":
    "docker: docker load, podman, skopeo용이며 서명은 제외됩니다. oci: 이미지에 첨부된 모든 항목을 포함합니다.",
  "registryBackup.save.done":
    "이미지 {images, plural, other {#}}개를 {file} 파일로 저장했습니다. 크기 {size}, sha256 {sha256}",
  "registryBackup.save.problem": "읽을 수 없어 제외했습니다: {problem}",
  "registryBackup.save.exitCodes": "0: 저장 완료, 3: 저장했으나 이미지에 첨부된 일부 항목을 읽지 못함.",
  "registryBackup.load.summary": "저장된 파일의 모든 이미지를 레지스트리에 푸시합니다.",
  "registryBackup.load.file": "docker save, podman, skopeo 또는 haechi registry save가 만든 파일입니다.",
  "registryBackup.load.repository":
    "이름의 레지스트리를 대신할 레지스트리와 경로입니다. 경로는 생략할 수 있습니다. 예: mirror.example.com/team",
  "registryBackup.load.done": "{name} {digest}: {size} 전송, 첨부 항목 {attached, plural, other {#}}개",
  "registryBackup.backup.now.summary": "이미지를 지금 백업합니다. 이미지마다 서버의 백업 폴더에 아카이브를 만듭니다.",
  "registryBackup.backup.rule": "옵션 대신 이 규칙에 따라 백업합니다.",
  "registryBackup.backup.repository":
    "저장소입니다. *는 임의의 문자를 뜻하며 여러 번 지정할 수 있습니다. 기본값은 전체입니다.",
  "registryBackup.backup.tag": "태그입니다. *는 임의의 문자를 뜻하며 여러 번 지정할 수 있습니다. 기본값은 전체입니다.",
  "registryBackup.backup.excludeTag": "제외할 태그입니다. 여러 번 지정할 수 있습니다.",
  "registryBackup.backup.archiveFormat":
    "docker: docker save와 같으며 서명은 제외됩니다. oci: 이미지에 첨부된 모든 항목을 포함합니다.",
  "registryBackup.backup.exitCodes": "0: 완료 또는 요청됨, 1: 실패, 취소 또는 일부 누락.",
  "registryBackup.backup.done":
    "백업 {name}: 이미지 {images, plural, other {#}}개, {size}. 이 중 {unchanged, number}개는 이전 백업과 같습니다. 삭제한 오래된 백업은 {pruned, number}개입니다.",
  "registryBackup.backup.list.summary": "이미지 백업 목록과 백업 규칙을 보여 줍니다.",
  "registryBackup.backup.schedule.summary": "정해진 시각에 이미지를 백업합니다.",
  "registryBackup.backup.unschedule.summary": "규칙을 삭제합니다. 만들어진 백업은 남습니다.",
  "registryBackup.rule.name": "규칙 이름입니다. 예: nightly",
  "registryBackup.rule.cron": "분, 시, 일, 월, 요일입니다. 지정하지 않으면 요청할 때만 실행합니다.",
  "registryBackup.rule.timeZone": "일정의 시간대입니다. 예: Asia/Seoul",
  "registryBackup.rule.keep": "보관할 개수입니다.",
  "registryBackup.rule.set": "{name} 규칙을 설정했습니다.",
  "registryBackup.rule.removed": "{name} 규칙을 삭제했습니다. 이 규칙으로 만든 백업은 직접 삭제할 때까지 남습니다.",
  "registryBackup.restore.summary": "백업의 이미지를 레지스트리로 복원합니다.",
  "registryBackup.restore.backup": "haechi registry backup list에 표시되는 이름/시각입니다.",
  "registryBackup.restore.prefix": "저장소 이름 앞에 붙일 경로입니다. 예: restored",
  "registryBackup.restore.overwrite": "지금 다른 이미지를 가리키는 태그도 옮깁니다. 지정하지 않으면 그대로 둡니다.",
  "registryBackup.restore.done":
    "{name}에서 {restored, number}개를 복원했습니다. 이미 있던 이미지는 {present, number}개, 태그가 다른 이미지를 가리켜 그대로 둔 이미지는 {skipped, number}개입니다.",
  "registryBackup.snapshot.now.summary": "현재 시점의 레지스트리 전체(데이터, 설정, 계정)를 저장합니다.",
  "registryBackup.snapshot.done":
    "스냅샷 {name}: blob {blobs, plural, other {#}}개, {size}. 이 중 {copied}를 복사했고 나머지는 링크했습니다. 삭제한 오래된 스냅샷은 {pruned, number}개입니다. 비밀 키 파일은 스냅샷과 따로 보관하십시오.",
  "registryBackup.snapshot.list.summary": "스냅샷 목록과 스냅샷 규칙을 보여 줍니다.",
  "registryBackup.snapshot.schedule.summary": "정해진 시각에 스냅샷을 만듭니다.",
  "registryBackup.column.name": "이름",
  "registryBackup.column.created": "생성 시각",
  "registryBackup.column.format": "형식",
  "registryBackup.column.count": "개수",
  "registryBackup.column.size": "크기",
  "registryBackup.column.problems": "문제",
  "registryBackup.column.rule": "규칙",
  "registryBackup.column.keep": "보관 개수",
  "registryBackup.column.schedule": "일정",
  "registryBackup.column.next": "다음 실행",
};
