// SPDX-License-Identifier: Apache-2.0

/** `haechi policy …` and `haechi gate …`. */
export const policyToolsEn = {
  "cli.cluster.cluster": "Take policies, exceptions and Secrets from the cluster of the kubeconfig.",
  "cli.cluster.kubeconfig": "Kubeconfig to use; default: KUBECONFIG, else ~/.kube/config.",
  "cli.cluster.context": "Context of the kubeconfig; default: the current one.",
  "cli.cluster.systemNamespace": "Haechi’s own namespace; default: cluster.namespace of the configuration.",
  "cli.error.UNREACHABLE": "the API server cannot be reached: {message}",
  "cli.error.CREDENTIALS_UNUSABLE": "{message}",
  "cli.error.FORBIDDEN": "{message}; your account needs that permission in the cluster",
  "cli.error.POLICY_TEST_INVALID": "{message}",
  "cli.error.SERVER_REFUSED": "{message}",
  "cli.error.SERVER_UNREACHABLE": "{message}",
  "cli.error.WEBHOOKS_MISSING": "{message}",

  "cli.policy.files": "Files with policies, exceptions and Secrets.",
  "cli.policy.lint.summary": "Find what is wrong with policies, or accepted and hardly meant.",
  "cli.policy.lint.strict": "Doubts count as problems for the exit code.",
  "cli.policy.lint.expiring": "Name exceptions that end within this time.",
  "cli.policy.lint.exitCodes":
    "Exit codes:\n  0  no problems (doubts are shown all the same)\n  1  problems; with --strict also doubts\n  2  no result: wrong usage, or the files or the cluster cannot be read",
  "policyTools.lint.clean": "{source}: no problems, no doubts in {objects, plural, one {# object} other {# objects}}.",
  "policyTools.lint.total":
    "{problems, plural, =0 {No problems} one {# problem} other {# problems}}, {doubts, plural, =0 {no doubts} one {# doubt} other {# doubts}}.",
  "policyTools.lint.level.problem": "problem",
  "policyTools.lint.level.doubt": "doubt",
  "policyTools.lint.DUPLICATE_OBJECT":
    "A second object of this name; the first is in {first}. In a cluster the later one would replace it.",
  "policyTools.lint.ENTRY_REPEATED":
    "The name {name} stands twice; {document} has it first and judges. This entry never wins: remove it, or merge the two.",
  "policyTools.lint.ENTRY_NEVER_WINS":
    "The entry {name} never wins: {winner} in {document} fits every one of its images better. Remove it, or make its name more specific.",
  "policyTools.lint.EVERYTHING_UNCHECKED":
    "* without checks lets every image through. If that is meant, write down why; else add checks.",
  "policyTools.lint.EVERYTHING_BLOCKED": "The list is empty: every image is denied.",
  "policyTools.lint.NO_CLUSTER_POLICY":
    "There is no ClusterImagePolicy: namespaces without an ImagePolicy get nothing through.",
  "policyTools.lint.LATEST_TAG":
    "{name} is about the tag latest, which says nothing about what runs. Name a version or a digest.",
  "policyTools.lint.NAME_WITH_SCHEME": "{name} begins with a scheme, which no image reference has. Leave it out.",
  "policyTools.lint.HOST_WILDCARD":
    "{name} has a wildcard beside a host name. It fits whole labels only: icr.io* does not fit icr.io.evil.example.",
  "policyTools.lint.SECRET_ABSENT":
    "The Secret {secret} in {namespace} is not there. Until it is, every image of this entry is denied.",
  "policyTools.lint.SECRET_UNUSABLE":
    "The Secret {secret} in {namespace} cannot be used: {problem, select, namespace {a policy may use Secrets of its own namespace only, a ClusterImagePolicy those of Haechi’s} field {its field {key} is missing or empty} other {its field {key} holds nothing usable}}. Until that is corrected, every image of this entry is denied.",
  "policyTools.lint.SECRETS_OF_REQUEST":
    "admission.secretNamespace is “request”: Secrets are read from the namespace of the workload, so whoever may write Secrets there chooses the keys.",
  "policyTools.lint.WARN_ONLY": "{name} has mode {mode}: nothing is refused.",
  "policyTools.lint.FIRST_USE":
    "{name} believes the first root key that is seen. Name rootKeyIds, so that nobody can be first with another.",
  "policyTools.lint.EXCEPTION_EXPIRED": "The exception ended at {until} and has no effect. Remove it, or renew it.",
  "policyTools.lint.EXCEPTION_EXPIRING":
    "The exception ends at {until}; from then on its images are judged without it.",
  "policyTools.lint.EXCEPTION_WITHOUT_APPROVER": "Nobody has granted the exception, so it has no effect.",
  "policyTools.lint.EXCEPTION_SELF_APPROVED": "{requester} asked for the exception and granted it.",
  "policyTools.lint.EXCEPTION_OF_EVERYTHING":
    "The exception is for every image in every namespace. Name repositories, digests, namespaces or workloads.",

  "cli.policy.test.summary": "Judge images by policies and compare with what is expected, for CI.",
  "cli.policy.test.files": "Files of tests (YAML).",
  "cli.policy.test.policy": "File with policies, instead of those that the test files name; may be repeated.",
  "cli.policy.test.junit": "Write the results as JUnit XML, too.",
  "cli.policy.test.exitCodes":
    "Exit codes:\n  0  every test passed\n  1  a test failed\n  2  no result: wrong usage, or tests or policies cannot be read",
  "policyTools.test.passed": "passed",
  "policyTools.test.failed": "FAILED",
  "policyTools.test.failure": "{field}: expected {expected}, found {found}",
  "policyTools.test.nothing": "nothing",
  "policyTools.test.total": "{passed} of {total, plural, one {# test} other {# tests}} passed.",

  "cli.policy.explain.summary": "Say which entry judges an image and why, and what each check comes to.",
  "cli.policy.explain.image": "The image as a Pod would name it, e.g. registry.example.com/team/app:1.0.",
  "cli.policy.explain.namespace": "Namespace of the workload.",
  "cli.policy.explain.workload": "What the image runs in, for exceptions that name workloads.",
  "cli.policy.explain.check":
    "Read the image: scan it and verify its signatures, as “haechi scan” and “haechi verify” do.",
  "cli.policy.explain.from":
    "Where --check reads the image, such as oci:FOLDER; default: the registry that its name says.",
  "cli.policy.explain.exitCodes":
    "Exit codes:\n  0  the image passes\n  1  it is denied\n  2  no result: wrong usage, or the policies or the image cannot be read\n  3  nobody can tell; without --check, that means the image has to be looked at",
  "policyTools.explain.image": "Image",
  "policyTools.explain.namespace": "Namespace",
  "policyTools.explain.noNamespace": "none (as at the registry or in a build)",
  "policyTools.explain.source": "Policies",
  "policyTools.explain.level": "Level",
  "policyTools.explain.level.ImagePolicy": "the ImagePolicies of the namespace; those of the cluster do not count",
  "policyTools.explain.level.ClusterImagePolicy": "the ClusterImagePolicies; the namespace has no ImagePolicy",
  "policyTools.explain.entries": "Entries that fit the image:",
  "policyTools.explain.noEntries": "No entry fits the image.",
  "policyTools.explain.misses":
    "{count, plural, one {# other entry does} other {# other entries do}} not fit the image.",
  "policyTools.explain.fate.won": "judges",
  "policyTools.explain.fate.mandatory": "applies beside it: its document is mandatory",
  "policyTools.explain.fate.not-exact": "lost: the winner names the image in full",
  "policyTools.explain.fate.less-specific": "lost: the winner’s name is more specific",
  "policyTools.explain.fate.wildcard": "lost: as specific, and the winner’s name has no wildcard",
  "policyTools.explain.fate.later-object": "lost: as specific, and the winner’s object comes first by name",
  "policyTools.explain.fate.later-entry": "lost: as specific, and the winner stands before it",
  "policyTools.explain.fate.unreadable-level": "does not decide: a policy beside it cannot be read",
  "policyTools.explain.fate.other-level": "does not count: the namespace has policies of its own",
  "policyTools.explain.fate.no-match": "does not fit",
  "policyTools.explain.checks": "Checks of {entry} in {document}:",
  "policyTools.explain.noChecks": "Nothing is checked, and nothing is looked up.",
  "policyTools.explain.holds": "holds",
  "policyTools.explain.notLookedAt": "not looked at",
  "policyTools.explain.lookUp": "A gate would look up:",
  "policyTools.explain.lookUp.nothing": "A gate would look up nothing.",
  "policyTools.explain.lookUp.digest": "the digest of the image",
  "policyTools.explain.lookUp.scan": "its scan",
  "policyTools.explain.lookUp.trust": "signatures: {requirement}",
  "policyTools.explain.useCheck": "To do so now, add --check.",
  "policyTools.explain.exceptions": "Exceptions that were used:",
  "policyTools.explain.exception": "{name} until {until}, granted by {approver}: {exempted}",
  "policyTools.explain.verdict": "Verdict:",
  "policyTools.explain.problems": "Policies that cannot be read:",

  "cli.policy.migrate.summary":
    "Rewrite policies of Portieris and CISE into haechi.dev/v1 and list what changes in meaning.",
  "cli.policy.migrate.exitCodes":
    "Exit codes:\n  0  everything was rewritten\n  1  some objects could not be read and were left out\n  2  no result: wrong usage, or the files or the cluster cannot be read",
  "policyTools.migrate.title": "{object}: what changes",
  "policyTools.migrate.ours": "{object} is of haechi.dev/v1 already and was left out.",
  "policyTools.migrate.unreadable": "These could not be read and were left out:",
  "policyTools.migrate.nothing": "There is nothing to rewrite.",
  "policyTools.migrate.moves": "Secrets that have to be where Haechi looks for them:",
  "policyTools.migrate.move.from": "Secret {secret}: copy it from {from} to {to}:",
  "policyTools.migrate.move.everywhere":
    "Secret {secret}: it was read from the namespace of each workload; put the one that counts into {to}:",
  "policyTools.migrate.skipLabel":
    "These namespaces have the label {label}: skip, which Portieris obeys and Haechi does not: {namespaces}. List them in admission.excludeNamespaces, give them an ImagePolicy with the name “*”, or set admission.skipLabel to true, by which whoever may label a namespace takes it out of the gate.",
  "policyTools.migrate.done":
    "{objects, plural, one {# object} other {# objects}} rewritten. Apply them while the older ones are still there; both judge alike. Then remove the older ones.",
  "policyTools.migrate.TEXTS":
    "Denials come in Haechi’s texts and in the language of the server; scripts that look for the older texts need a change.",
  "policyTools.migrate.SCAN":
    "{name}: {field} is the scan of Haechi. Images that it cannot scan pass, as before. Exemptions of the Vulnerability Advisor do not come along: write PolicyExceptions.",
  "policyTools.migrate.SCAN_NEWLY_ENFORCED":
    "{name}: Portieris drops va in silence, so nothing was checked there; from now on it is.",
  "policyTools.migrate.ACCOUNT_DROPPED":
    "The account {account} of the Vulnerability Advisor is not needed and was left out.",
  "policyTools.migrate.FIRST_USE":
    "{name}: trustOnFirstUse keeps what was so far: the first root key that is seen is believed. Haechi remembers it beyond a restart. Better: name rootKeyIds.",
  "policyTools.migrate.SECRET_PLACE":
    "The Secret {secret} is read from {to}, not from the namespace of each workload, where its users could choose the keys.",
  "policyTools.migrate.SECRET_OF_OTHER_NAMESPACE":
    "The Secret {secret} is read from {to}; another namespace, such as {from}, is not open to this policy.",
  "policyTools.migrate.MISSPELT":
    "{name}: “policies” was never read, the entry is unchecked, and stays so. If checks were meant, write them under “policy”.",
  "policyTools.migrate.SWITCHED_OFF": "{field} without “enabled” is off and was left out.",
  "policyTools.migrate.HOST_BOUNDARY":
    "{name} no longer fits other hosts that begin like it (icr.io* fitted icr.io.evil.example).",
  "policyTools.migrate.SIMPLE_AND_TRUST":
    "{name}: simple and trust together must agree on the digest; Portieris denied such images always.",
  "policyTools.migrate.DIGEST_REFERENCES":
    "An image that is named by digest is judged as it is; Portieris looked its tag latest up, or found no entry.",
  "policyTools.migrate.REMOVE_OLDER":
    "The older {kind} {name} stays in the cluster until you remove it, and counts beside the new one.",

  "cli.policy.replay.summary": "Ask a server what changed policies would do to what runs and to what was admitted.",
  "cli.policy.replay.since": "How far back admitted images are looked at.",
  "cli.policy.replay.only":
    "The ImagePolicies and ClusterImagePolicies of the files are all there are. Without it they join those in force, each in the place of the one of its kind, namespace and name. Exceptions and Secrets that are in force stay either way.",
  "cli.policy.replay.exitCodes":
    "Exit codes:\n  0  nothing that passes would be denied or undecided\n  1  something that passes would be denied\n  2  no result: wrong usage, or no answer\n  3  something that passes would be undecided",
  "policyTools.replay.judged":
    "{images, plural, one {# image} other {# images}} judged again from stored facts: {running} running, {admitted} admitted since {since}.",
  "policyTools.replay.cut": "There were more; the newest {limit} were judged.",
  "policyTools.replay.count.newly-denied": "would be denied",
  "policyTools.replay.count.newly-allowed": "would be allowed",
  "policyTools.replay.count.newly-undecided": "would be undecided",
  "policyTools.replay.count.other-reasons": "same outcome, other reasons",
  "policyTools.replay.count.same": "unchanged",
  "policyTools.replay.owners": "in {owners}",
  "policyTools.replay.moreOwners": "{owners} and {count} more",

  "cli.gate.name": "Name of the webhook configurations; default: admission.webhookName of the configuration.",
  "cli.gate.yes": "Do not ask for confirmation.",
  "cli.gate.release.summary": "Emergency: take the webhooks out of the API server. Works while Haechi is down.",
  "cli.gate.engage.summary": "Put the webhooks back after a release.",
  "cli.gate.engage.address":
    "Where the API server calls, service:NAMESPACE/NAME:PORT or an https URL; with --ca-bundle: fill them now instead of leaving it to the controller.",
  "cli.gate.engage.caBundle": "PEM file with the authority of the gate’s certificate.",
  "cli.gate.engage.timeout": "How long to wait for the controller.",
  "cli.gate.status.summary": "Show webhooks, authority, excluded namespaces, replicas and policies.",
  "cli.gate.status.exitCodes":
    "Exit codes:\n  0  the gate stands before the cluster\n  1  it does not: released, empty, or nothing of Haechi is ready\n  2  no result: wrong usage, or no answer",
  "policyTools.gate.releaseQuestion":
    "This takes the gate {name} out of {server}: from then on every image is admitted, unchecked, in all namespaces. Type “release” to go on: ",
  "policyTools.gate.needsYes": "nobody can be asked here; say --yes to release the gate",
  "policyTools.gate.notConfirmed": "Nothing was changed.",
  "policyTools.gate.released":
    "The gate {name} is released. Nothing is checked at admission any more, policies are not checked when they are written, and the controller leaves it so.",
  "policyTools.gate.howToEngage": "To put it back: {command}",
  "policyTools.gate.ungatedBefore": "Namespaces that were excluded before: {namespaces}",
  "policyTools.gate.engaged": "The gate {name} is engaged: {webhooks, plural, one {# webhook} other {# webhooks}}.",
  "policyTools.gate.waiting": "The release is taken back; waiting until the controller fills the webhooks …",
  "policyTools.gate.notFilled":
    "The controller has not filled the webhooks within {timeout}. Is Haechi running? They can be filled by hand with --address and --ca-bundle.",
  "policyTools.gate.missing":
    "there is no webhook configuration of the name {name}; is Haechi installed here, and is that its name?",
  "policyTools.gate.state": "Gate",
  "policyTools.gate.state.engaged": "engaged",
  "policyTools.gate.state.released": "RELEASED: nothing is checked at admission",
  "policyTools.gate.state.empty": "NOT ENGAGED: the webhooks are empty",
  "policyTools.gate.state.absent": "ABSENT: there are no webhook configurations of the name {name}",
  "policyTools.gate.webhooks": "Webhooks",
  "policyTools.gate.address": "Address",
  "policyTools.gate.authority": "Authority",
  "policyTools.gate.authority.until": "valid until {until} ({days, plural, one {# day} other {# days}})",
  "policyTools.gate.authority.unreadable": "the caBundle cannot be read",
  "policyTools.gate.excluded": "Ungated namespaces",
  "policyTools.gate.excluded.none": "none",
  "policyTools.gate.excluded.skipLabel": "{namespaces}, and every namespace with the skip label",
  "policyTools.gate.replicas": "Replicas",
  "policyTools.gate.replicas.none": "nothing of Haechi was found in {namespace}",
  "policyTools.gate.controller": "Controller",
  "policyTools.gate.controller.seen": "{holder}, last seen {seconds, plural, one {# second} other {# seconds}} ago",
  "policyTools.gate.controller.none": "none has announced itself",
  "policyTools.gate.policies": "Policies",
  "policyTools.gate.policies.counts":
    "{namespaced} of namespaces, {cluster} of the cluster, {exceptions, plural, one {# exception} other {# exceptions}}",
  "policyTools.gate.policies.none": "NONE: every image is denied",
  "policyTools.gate.notReady": "Not in force",
} as const;

export const policyToolsKo: Record<keyof typeof policyToolsEn, string> = {
  "cli.cluster.cluster": "kubeconfig가 가리키는 클러스터에서 정책, 예외, 시크릿을 읽습니다.",
  "cli.cluster.kubeconfig": "사용할 kubeconfig 파일. 기본값은 KUBECONFIG이며, 없으면 ~/.kube/config입니다.",
  "cli.cluster.context": "kubeconfig의 컨텍스트. 기본값은 현재 컨텍스트입니다.",
  "cli.cluster.systemNamespace": "Haechi의 네임스페이스. 기본값은 설정의 cluster.namespace입니다.",
  "cli.error.UNREACHABLE": "API 서버에 연결할 수 없습니다: {message}",
  "cli.error.CREDENTIALS_UNUSABLE": "kubeconfig의 자격 증명을 사용할 수 없습니다: {message}",
  "cli.error.FORBIDDEN": "클러스터에서 이 작업을 할 권한이 없습니다: {message}",
  "cli.error.POLICY_TEST_INVALID": "정책 테스트 파일이 잘못되었습니다: {message}",
  "cli.error.SERVER_REFUSED": "서버가 요청을 거부했습니다: {message}",
  "cli.error.SERVER_UNREACHABLE": "서버에 연결할 수 없습니다: {message}",
  "cli.error.WEBHOOKS_MISSING": "웹훅 설정이 없습니다: {message}",

  "cli.policy.files": "정책, 예외, 시크릿이 들어 있는 파일입니다.",
  "cli.policy.lint.summary": "정책에서 잘못된 곳과, 적용은 되지만 의도와 다를 수 있는 곳을 찾습니다.",
  "cli.policy.lint.strict": "의심스러운 항목도 종료 코드에서 문제로 취급합니다.",
  "cli.policy.lint.expiring": "이 기간 안에 끝나는 예외를 알려 줍니다.",
  "cli.policy.lint.exitCodes":
    "종료 코드:\n  0  문제가 없습니다(의심스러운 항목은 표시합니다)\n  1  문제가 있습니다. --strict를 쓰면 의심스러운 항목도 포함합니다\n  2  결과가 없습니다: 사용법이 틀렸거나 파일 또는 클러스터를 읽을 수 없습니다",
  "policyTools.lint.clean":
    "{source}: 오브젝트 {objects, plural, other {#}}개에서 문제와 의심스러운 항목을 찾지 못했습니다.",
  "policyTools.lint.total":
    "문제 {problems, plural, other {#}}건, 의심스러운 항목 {doubts, plural, other {#}}건입니다.",
  "policyTools.lint.level.problem": "문제",
  "policyTools.lint.level.doubt": "의심",
  "policyTools.lint.DUPLICATE_OBJECT":
    "이름이 같은 두 번째 오브젝트입니다. 첫 번째는 {first}에 있습니다. 클러스터에서는 나중 것이 앞의 것을 덮어씁니다.",
  "policyTools.lint.ENTRY_REPEATED":
    "{name} 이름이 두 번 나옵니다. 먼저 나오는 {document}의 항목이 판정하므로 이 항목은 선택되지 않습니다. 지우거나 하나로 합치십시오.",
  "policyTools.lint.ENTRY_NEVER_WINS":
    "{name} 항목은 선택되지 않습니다. {document}의 {winner} 항목이 해당 이미지 모두에 더 잘 맞습니다. 지우거나 이름을 더 구체적으로 쓰십시오.",
  "policyTools.lint.EVERYTHING_UNCHECKED":
    "검사가 없는 * 항목은 모든 이미지를 통과시킵니다. 의도한 것이면 이유를 적어 두고, 아니면 검사를 추가하십시오.",
  "policyTools.lint.EVERYTHING_BLOCKED": "목록이 비어 있어 모든 이미지가 거부됩니다.",
  "policyTools.lint.NO_CLUSTER_POLICY":
    "ClusterImagePolicy가 없습니다. ImagePolicy가 없는 네임스페이스에서는 모든 이미지가 거부됩니다.",
  "policyTools.lint.LATEST_TAG":
    "{name} 항목이 latest 태그를 가리킵니다. 이 태그로는 무엇이 실행되는지 알 수 없으므로 버전이나 다이제스트를 쓰십시오.",
  "policyTools.lint.NAME_WITH_SCHEME":
    "{name} 이름이 URL 스킴으로 시작합니다. 이미지 참조에는 스킴이 없으므로 빼십시오.",
  "policyTools.lint.HOST_WILDCARD":
    "{name} 이름은 호스트 옆에 와일드카드가 있습니다. 호스트는 레이블 단위로만 맞으므로 icr.io*는 icr.io.evil.example에 맞지 않습니다.",
  "policyTools.lint.SECRET_ABSENT":
    "{namespace} 네임스페이스에 {secret} 시크릿이 없습니다. 만들 때까지 이 항목의 이미지는 모두 거부됩니다.",
  "policyTools.lint.SECRET_UNUSABLE":
    "{namespace} 네임스페이스의 {secret} 시크릿을 사용할 수 없습니다. {problem, select, namespace {정책은 자신의 네임스페이스에 있는 시크릿만, ClusterImagePolicy는 Haechi의 네임스페이스에 있는 시크릿만 사용할 수 있습니다} field {{key} 필드가 없거나 비어 있습니다} other {{key} 필드 값을 사용할 수 없습니다}}. 바로잡기 전에는 이 항목의 이미지가 모두 거부됩니다.",
  "policyTools.lint.SECRETS_OF_REQUEST":
    "admission.secretNamespace가 “request”입니다. 시크릿을 워크로드의 네임스페이스에서 읽으므로, 그곳에 시크릿을 쓸 수 있는 사람이 키를 고르게 됩니다.",
  "policyTools.lint.WARN_ONLY": "{name} 항목의 mode가 {mode}이므로 아무것도 거부하지 않습니다.",
  "policyTools.lint.FIRST_USE":
    "{name} 항목은 처음 본 루트 키를 그대로 믿습니다. 다른 사람이 먼저 키를 내밀 수 없도록 rootKeyIds를 지정하십시오.",
  "policyTools.lint.EXCEPTION_EXPIRED": "예외가 {until}에 끝나 효력이 없습니다. 지우거나 갱신하십시오.",
  "policyTools.lint.EXCEPTION_EXPIRING": "예외가 {until}에 끝납니다. 그때부터는 예외 없이 판정합니다.",
  "policyTools.lint.EXCEPTION_WITHOUT_APPROVER": "아무도 승인하지 않은 예외이므로 효력이 없습니다.",
  "policyTools.lint.EXCEPTION_SELF_APPROVED": "{requester} 사용자가 예외를 요청하고 스스로 승인했습니다.",
  "policyTools.lint.EXCEPTION_OF_EVERYTHING":
    "모든 네임스페이스의 모든 이미지에 해당하는 예외입니다. 저장소, 다이제스트, 네임스페이스, 워크로드 중 하나를 지정하십시오.",

  "cli.policy.test.summary": "이미지를 정책으로 판정해 기대한 결과와 비교합니다. CI에서 사용합니다.",
  "cli.policy.test.files": "테스트 파일(YAML)입니다.",
  "cli.policy.test.policy": "테스트 파일에 적힌 것 대신 사용할 정책 파일. 여러 번 지정할 수 있습니다.",
  "cli.policy.test.junit": "결과를 JUnit XML로도 씁니다.",
  "cli.policy.test.exitCodes":
    "종료 코드:\n  0  모든 테스트가 통과했습니다\n  1  실패한 테스트가 있습니다\n  2  결과가 없습니다: 사용법이 틀렸거나 테스트 또는 정책을 읽을 수 없습니다",
  "policyTools.test.passed": "통과",
  "policyTools.test.failed": "실패",
  "policyTools.test.failure": "{field}: 기대한 값은 {expected}, 실제 값은 {found}",
  "policyTools.test.nothing": "없음",
  "policyTools.test.total": "테스트 {total, plural, other {#}}건 중 {passed}건이 통과했습니다.",

  "cli.policy.explain.summary": "어느 항목이 이미지를 판정하는지, 그 이유와 각 검사의 결과를 설명합니다.",
  "cli.policy.explain.image": "파드에 적는 그대로의 이미지 이름(예: registry.example.com/team/app:1.0)입니다.",
  "cli.policy.explain.namespace": "워크로드의 네임스페이스입니다.",
  "cli.policy.explain.workload": "이미지를 실행하는 워크로드. 워크로드를 지정한 예외에 쓰입니다.",
  "cli.policy.explain.check": "“haechi scan”과 “haechi verify”처럼 이미지를 읽어 검사하고 서명을 검증합니다.",
  "cli.policy.explain.from": "--check가 이미지를 읽을 곳(예: oci:폴더). 기본값은 이미지 이름에 적힌 레지스트리입니다.",
  "cli.policy.explain.exitCodes":
    "종료 코드:\n  0  이미지가 허용됩니다\n  1  거부됩니다\n  2  결과가 없습니다: 사용법이 틀렸거나 정책 또는 이미지를 읽을 수 없습니다\n  3  판단할 수 없습니다. --check를 쓰지 않았다면 이미지를 확인해야 한다는 뜻입니다",
  "policyTools.explain.image": "이미지",
  "policyTools.explain.namespace": "네임스페이스",
  "policyTools.explain.noNamespace": "없음(레지스트리나 빌드에서와 같음)",
  "policyTools.explain.source": "정책",
  "policyTools.explain.level": "단계",
  "policyTools.explain.level.ImagePolicy": "네임스페이스의 ImagePolicy. 클러스터 정책은 적용되지 않습니다",
  "policyTools.explain.level.ClusterImagePolicy": "ClusterImagePolicy. 네임스페이스에 ImagePolicy가 없습니다",
  "policyTools.explain.entries": "이미지에 맞는 항목:",
  "policyTools.explain.noEntries": "이미지에 맞는 항목이 없습니다.",
  "policyTools.explain.misses": "그 밖의 항목 {count, plural, other {#}}개는 이미지에 맞지 않습니다.",
  "policyTools.explain.fate.won": "이 항목이 판정합니다",
  "policyTools.explain.fate.mandatory": "필수(mandatory) 문서이므로 함께 적용됩니다",
  "policyTools.explain.fate.not-exact": "선택되지 않음: 선택된 항목이 이미지 이름을 전부 적었습니다",
  "policyTools.explain.fate.less-specific": "선택되지 않음: 선택된 항목의 이름이 더 구체적입니다",
  "policyTools.explain.fate.wildcard": "선택되지 않음: 구체성은 같지만 선택된 항목에는 와일드카드가 없습니다",
  "policyTools.explain.fate.later-object": "선택되지 않음: 구체성은 같지만 선택된 오브젝트의 이름이 앞섭니다",
  "policyTools.explain.fate.later-entry": "선택되지 않음: 구체성은 같지만 선택된 항목이 앞에 있습니다",
  "policyTools.explain.fate.unreadable-level": "판정하지 않음: 함께 적용될 정책을 읽을 수 없습니다",
  "policyTools.explain.fate.other-level": "적용되지 않음: 네임스페이스에 자체 정책이 있습니다",
  "policyTools.explain.fate.no-match": "맞지 않음",
  "policyTools.explain.checks": "{document}의 {entry} 항목이 하는 검사:",
  "policyTools.explain.noChecks": "아무것도 검사하지 않고 조회하지도 않습니다.",
  "policyTools.explain.holds": "충족",
  "policyTools.explain.notLookedAt": "확인하지 않음",
  "policyTools.explain.lookUp": "게이트가 조회할 내용:",
  "policyTools.explain.lookUp.nothing": "게이트가 조회할 내용이 없습니다.",
  "policyTools.explain.lookUp.digest": "이미지의 다이제스트",
  "policyTools.explain.lookUp.scan": "검사 결과",
  "policyTools.explain.lookUp.trust": "서명: {requirement}",
  "policyTools.explain.useCheck": "지금 조회하려면 --check를 추가하십시오.",
  "policyTools.explain.exceptions": "사용된 예외:",
  "policyTools.explain.exception": "{name}({until}까지, 승인자 {approver}): {exempted}",
  "policyTools.explain.verdict": "판정:",
  "policyTools.explain.problems": "읽을 수 없는 정책:",

  "cli.policy.migrate.summary": "Portieris와 CISE의 정책을 haechi.dev/v1로 바꾸고 의미가 달라지는 점을 알려 줍니다.",
  "cli.policy.migrate.exitCodes":
    "종료 코드:\n  0  모두 바꾸었습니다\n  1  읽을 수 없는 오브젝트가 있어 제외했습니다\n  2  결과가 없습니다: 사용법이 틀렸거나 파일 또는 클러스터를 읽을 수 없습니다",
  "policyTools.migrate.title": "{object}에서 달라지는 점",
  "policyTools.migrate.ours": "{object} 오브젝트는 이미 haechi.dev/v1이므로 제외했습니다.",
  "policyTools.migrate.unreadable": "읽을 수 없어 제외한 오브젝트:",
  "policyTools.migrate.nothing": "바꿀 정책이 없습니다.",
  "policyTools.migrate.moves": "Haechi가 찾는 곳으로 옮겨야 하는 시크릿:",
  "policyTools.migrate.move.from": "{secret} 시크릿을 {from}에서 {to}로 복사하십시오:",
  "policyTools.migrate.move.everywhere":
    "{secret} 시크릿은 워크로드마다 그 네임스페이스에서 읽었습니다. 기준이 될 시크릿을 {to}에 두십시오:",
  "policyTools.migrate.skipLabel":
    "다음 네임스페이스에는 {label}: skip 레이블이 있습니다. Portieris는 이 레이블을 따르지만 Haechi는 따르지 않습니다: {namespaces}. admission.excludeNamespaces에 적거나, 이름이 “*”인 ImagePolicy를 만들거나, admission.skipLabel을 true로 하십시오. 마지막 방법을 쓰면 네임스페이스에 레이블을 달 수 있는 사람이 게이트를 피할 수 있습니다.",
  "policyTools.migrate.done":
    "오브젝트 {objects, plural, other {#}}개를 바꾸었습니다. 이전 오브젝트가 있는 상태에서 적용하십시오. 둘의 판정은 같습니다. 그다음 이전 오브젝트를 지우십시오.",
  "policyTools.migrate.TEXTS":
    "거부 메시지가 서버 언어로 된 Haechi의 문장으로 바뀝니다. 이전 문장을 찾는 스크립트는 고쳐야 합니다.",
  "policyTools.migrate.SCAN":
    "{name}: {field} 설정은 Haechi의 검사를 뜻합니다. 검사할 수 없는 이미지는 이전처럼 통과합니다. Vulnerability Advisor의 면제는 옮겨지지 않으므로 PolicyException을 만드십시오.",
  "policyTools.migrate.SCAN_NEWLY_ENFORCED":
    "{name}: Portieris는 va를 알리지 않고 버리므로 지금까지 검사되지 않았습니다. 이제부터 검사합니다.",
  "policyTools.migrate.ACCOUNT_DROPPED": "Vulnerability Advisor의 {account} 계정은 필요하지 않아 뺐습니다.",
  "policyTools.migrate.FIRST_USE":
    "{name}: trustOnFirstUse로 지금까지의 동작을 유지합니다. 처음 본 루트 키를 믿으며, Haechi는 다시 시작한 뒤에도 기억합니다. rootKeyIds를 지정하는 편이 좋습니다.",
  "policyTools.migrate.SECRET_PLACE":
    "{secret} 시크릿을 워크로드의 네임스페이스가 아니라 {to}에서 읽습니다. 워크로드의 네임스페이스에서는 그 사용자가 키를 고를 수 있기 때문입니다.",
  "policyTools.migrate.SECRET_OF_OTHER_NAMESPACE":
    "{secret} 시크릿을 {to}에서 읽습니다. {from} 같은 다른 네임스페이스는 이 정책에서 읽을 수 없습니다.",
  "policyTools.migrate.MISSPELT":
    "{name}: “policies”는 읽힌 적이 없어 검사하지 않는 항목이며, 그대로 유지됩니다. 검사를 의도했다면 “policy”에 적으십시오.",
  "policyTools.migrate.SWITCHED_OFF": "{field}에 “enabled”가 없어 꺼져 있으므로 뺐습니다.",
  "policyTools.migrate.HOST_BOUNDARY":
    "{name} 이름은 더 이상 같은 글자로 시작하는 다른 호스트에 맞지 않습니다(icr.io*가 icr.io.evil.example에도 맞았습니다).",
  "policyTools.migrate.SIMPLE_AND_TRUST":
    "{name}: simple과 trust를 함께 쓰면 다이제스트가 같아야 합니다. Portieris는 이런 이미지를 항상 거부했습니다.",
  "policyTools.migrate.DIGEST_REFERENCES":
    "다이제스트로 지정한 이미지는 그대로 판정합니다. Portieris는 latest 태그를 조회하거나 맞는 항목을 찾지 못했습니다.",
  "policyTools.migrate.REMOVE_OLDER":
    "이전 {kind} {name} 오브젝트는 지울 때까지 클러스터에 남아 새 오브젝트와 함께 적용됩니다.",

  "cli.policy.replay.summary": "바꾼 정책이 실행 중이거나 허용된 이미지에 어떤 영향을 주는지 서버에 묻습니다.",
  "cli.policy.replay.since": "허용된 이미지를 얼마나 거슬러 볼지 정합니다.",
  "cli.policy.replay.only":
    "파일에 있는 ImagePolicy와 ClusterImagePolicy가 전부라고 봅니다. 쓰지 않으면 적용 중인 정책에 더하되, 종류, 네임스페이스, 이름이 같은 정책은 파일의 것으로 바꿉니다. 적용 중인 예외와 시크릿은 어느 쪽이든 그대로 둡니다.",
  "cli.policy.replay.exitCodes":
    "종료 코드:\n  0  통과하던 이미지 중 거부되거나 판단할 수 없게 되는 것이 없습니다\n  1  통과하던 이미지 중 거부되는 것이 있습니다\n  2  결과가 없습니다: 사용법이 틀렸거나 응답이 없습니다\n  3  통과하던 이미지 중 판단할 수 없게 되는 것이 있습니다",
  "policyTools.replay.judged":
    "저장된 정보로 이미지 {images, plural, other {#}}개를 다시 판정했습니다: 실행 중 {running}개, {since} 이후 허용 {admitted}개.",
  "policyTools.replay.cut": "대상이 더 있으며, 최근 {limit}개만 판정했습니다.",
  "policyTools.replay.count.newly-denied": "새로 거부됨",
  "policyTools.replay.count.newly-allowed": "새로 허용됨",
  "policyTools.replay.count.newly-undecided": "새로 판단할 수 없음",
  "policyTools.replay.count.other-reasons": "결과는 같고 이유가 다름",
  "policyTools.replay.count.same": "변화 없음",
  "policyTools.replay.owners": "대상: {owners}",
  "policyTools.replay.moreOwners": "{owners} 외 {count}개",

  "cli.gate.name": "웹훅 설정의 이름. 기본값은 설정의 admission.webhookName입니다.",
  "cli.gate.yes": "확인을 묻지 않습니다.",
  "cli.gate.release.summary": "비상시 API 서버에서 웹훅을 걷어 냅니다. Haechi가 멈춰 있어도 동작합니다.",
  "cli.gate.engage.summary": "걷어 낸 웹훅을 되돌립니다.",
  "cli.gate.engage.address":
    "API 서버가 호출할 주소(service:네임스페이스/이름:포트 또는 https URL). --ca-bundle과 함께 쓰면 컨트롤러를 기다리지 않고 바로 채웁니다.",
  "cli.gate.engage.caBundle": "게이트 인증서를 발급한 인증 기관의 PEM 파일입니다.",
  "cli.gate.engage.timeout": "컨트롤러를 기다리는 시간입니다.",
  "cli.gate.status.summary": "웹훅, 인증 기관, 제외된 네임스페이스, 레플리카, 정책을 보여 줍니다.",
  "cli.gate.status.exitCodes":
    "종료 코드:\n  0  게이트가 클러스터 앞에 있습니다\n  1  게이트가 없습니다: 해제되었거나, 비어 있거나, 준비된 Haechi가 없습니다\n  2  결과가 없습니다: 사용법이 틀렸거나 응답이 없습니다",
  "policyTools.gate.releaseQuestion":
    "{server}에서 {name} 게이트를 해제합니다. 이후 모든 네임스페이스에서 모든 이미지가 검사 없이 허용됩니다. 계속하려면 “release”를 입력하십시오: ",
  "policyTools.gate.needsYes": "여기서는 확인을 물을 수 없습니다. 게이트를 해제하려면 --yes를 쓰십시오",
  "policyTools.gate.notConfirmed": "아무것도 바꾸지 않았습니다.",
  "policyTools.gate.released":
    "{name} 게이트를 해제했습니다. 이제 어드미션에서 아무것도 검사하지 않고, 정책을 쓸 때도 검사하지 않으며, 컨트롤러도 이 상태를 유지합니다.",
  "policyTools.gate.howToEngage": "되돌리는 명령: {command}",
  "policyTools.gate.ungatedBefore": "이전에도 제외되어 있던 네임스페이스: {namespaces}",
  "policyTools.gate.engaged": "{name} 게이트를 다시 걸었습니다. 웹훅은 {webhooks, plural, other {#}}개입니다.",
  "policyTools.gate.waiting": "해제를 취소했습니다. 컨트롤러가 웹훅을 채울 때까지 기다립니다 …",
  "policyTools.gate.notFilled":
    "컨트롤러가 {timeout} 안에 웹훅을 채우지 않았습니다. Haechi가 실행 중인지 확인하십시오. --address와 --ca-bundle로 직접 채울 수 있습니다.",
  "policyTools.gate.missing":
    "이름이 {name}인 웹훅 설정이 없습니다. Haechi가 설치되어 있는지, 이름이 맞는지 확인하십시오",
  "policyTools.gate.state": "게이트",
  "policyTools.gate.state.engaged": "동작 중",
  "policyTools.gate.state.released": "해제됨: 어드미션에서 아무것도 검사하지 않습니다",
  "policyTools.gate.state.empty": "동작하지 않음: 웹훅이 비어 있습니다",
  "policyTools.gate.state.absent": "없음: 이름이 {name}인 웹훅 설정이 없습니다",
  "policyTools.gate.webhooks": "웹훅",
  "policyTools.gate.address": "주소",
  "policyTools.gate.authority": "인증 기관",
  "policyTools.gate.authority.until": "{until}까지 유효({days, plural, other {#}}일 남음)",
  "policyTools.gate.authority.unreadable": "caBundle을 읽을 수 없습니다",
  "policyTools.gate.excluded": "게이트 밖의 네임스페이스",
  "policyTools.gate.excluded.none": "없음",
  "policyTools.gate.excluded.skipLabel": "{namespaces} 및 skip 레이블이 있는 모든 네임스페이스",
  "policyTools.gate.replicas": "레플리카",
  "policyTools.gate.replicas.none": "{namespace}에서 Haechi를 찾지 못했습니다",
  "policyTools.gate.controller": "컨트롤러",
  "policyTools.gate.controller.seen": "{holder}, {seconds, plural, other {#}}초 전 확인",
  "policyTools.gate.controller.none": "동작을 알린 컨트롤러가 없습니다",
  "policyTools.gate.policies": "정책",
  "policyTools.gate.policies.counts":
    "네임스페이스 정책 {namespaced}개, 클러스터 정책 {cluster}개, 예외 {exceptions, plural, other {#}}개",
  "policyTools.gate.policies.none": "없음: 모든 이미지가 거부됩니다",
  "policyTools.gate.notReady": "적용되지 않는 오브젝트",
};
