// SPDX-License-Identifier: Apache-2.0

export const policyEn = {
  "policy.outcome.allow": "{reference} is allowed.",
  "policy.outcome.deny": "{reference} is denied.",
  "policy.outcome.undecided": "It cannot be told whether {reference} may run.",
  "policy.onPlatform": "[{platform}] {text}",
  "policy.decidedBySettings": "Decided by the registry setting preventPullFrom (pull prevention) for {repository}.",
  "policy.reportCommand": "The whole report, with files, layers and fixes: haechi scan {reference}",
  "policy.decidedBy": "Decided by {kind} {name}, repository {repository}.",
  "policy.exempt": "[exempt] {text}",
  "policy.exception": "The exception {name} lets something pass until {until}.",
  "policy.mandatorySettings":
    "The registry setting preventPullFrom (pull prevention) for {repository} applies as well.",
  "policy.mandatory": "The mandatory {kind} {name}, repository {repository}, applies as well.",
  "reason.NO_POLICY":
    "There is no image policy, and without one nothing is allowed. Create a ClusterImagePolicy that covers this image.",
  "reason.NO_POLICY.namespace":
    "There is no image policy for namespace {namespace}, and without one nothing is allowed. Create an ImagePolicy in the namespace, or a ClusterImagePolicy, that covers this image.",
  "reason.NO_MATCHING_REPOSITORY":
    "No repository of any ClusterImagePolicy matches this image. Add an entry for its repository to a policy.",
  "reason.NO_MATCHING_REPOSITORY.namespace":
    "Namespace {namespace} has its own ImagePolicies, which replace the cluster-wide ones, and none of their repositories matches this image. Add an entry for its repository to one of them.",
  "reason.VULNERABILITY":
    "{package} {version} has {id} ({severity, select, critical {critical} high {high} medium {medium} low {low} negligible {negligible} other {severity unknown}}). It is fixed in {fixed}: update the package or the base image, and rebuild.",
  "reason.VULNERABILITY.noFix":
    "{package} {version} has {id} ({severity, select, critical {critical} high {high} medium {medium} low {low} negligible {negligible} other {severity unknown}}), for which there is no fix. Remove the package, or have the policy accept vulnerabilities without a fix.",
  "reason.VULNERABILITY.knownExploited":
    "{package} {version} has {id} ({severity, select, critical {critical} high {high} medium {medium} low {low} negligible {negligible} other {severity unknown}}), which is known to be exploited since {added} and is never accepted by the policy. {hasFix, select, yes {It is fixed in {fixed}: update the package or the base image, and rebuild.} other {There is no fix: remove the package.}}",
  "reason.VULNERABILITY.epss":
    "{package} {version} has {id} ({severity, select, critical {critical} high {high} medium {medium} low {low} negligible {negligible} other {severity unknown}}), which is likely to be exploited (EPSS {score, number, ::percent .0}; the policy accepts at most {epssAbove, number, ::percent .0}). {hasFix, select, yes {It is fixed in {fixed}: update the package or the base image, and rebuild.} other {There is no fix: remove the package.}}",
  "reason.VULNERABILITY.grace":
    "{package} {version} has {id} ({severity, select, critical {critical} high {high} medium {medium} low {low} negligible {negligible} other {severity unknown}}). The policy gives time until {graceUntil} to update to {fixed}; from then on the image is denied.",
  "reason.VULNERABILITY_UNDECIDED":
    "It cannot be told whether {package} {version} has {id}, because a version could not be read.",
  "reason.SEVERITY_UNKNOWN":
    "{package} {version} has {id}, and no source says how severe it is, so it cannot be compared with the policy.",
  "reason.SCAN_MISSING": "The image has not been scanned. Push it to this registry, which scans it.",
  "reason.SCAN_MISSING.remote":
    "The image has not been scanned, and this gate may not scan images of other registries by itself. Push the image to the registry of Haechi, or have an administrator switch on admission.inlineScan.",
  "reason.SCAN_PENDING": "The scan of the image is not finished. Try again shortly.",
  "reason.SCAN_FAILED": "The scan of the image failed: {message}. Scan it again, or rebuild the image.",
  "reason.SCAN_PARTIAL":
    "The scan of the image is not complete ({problems, plural, one {# problem} other {# problems}}): {message}. Rebuild the image so that all of it can be read.",
  "reason.SCAN_TOO_OLD":
    "The scan is from {scannedAt}, and the policy accepts none older than {maxAge}. Have the image scanned again.",
  "reason.DISTRIBUTION_UNKNOWN":
    "The Linux distribution of the image cannot be told (no usable os-release), so nobody knows which vulnerabilities it has. Build on a base image that says what it is.",
  "reason.DISTRIBUTION_UNSUPPORTED":
    "There are no advisories for the distribution {distribution}, so nobody knows which vulnerabilities the image has. Build on a supported base image, or import advisories for this one.",
  "reason.DISTRIBUTION_UNSUPPORTED.packageType":
    "Packages of type {packageType} are not supported on the distribution {distribution}, so nobody knows which vulnerabilities they have. Build on a base image that installs its own kind of packages only.",
  "reason.ADVISORIES_MISSING":
    "The advisory database has nothing about {ecosystem}, so packages of that kind could not be judged. Import advisories for {ecosystem}.",
  "reason.PACKAGES_MISSING":
    "The image says that it is {distribution} but has no record of installed packages, so nobody knows which vulnerabilities it has. Build it without deleting the package manager's database.",
  "reason.ARTIFACT_UNSUPPORTED":
    "This is not a container image that the scanner can read (media type {mediaType}). If it has to be allowed, set scan.unsupported to allow for its repository.",
  "reason.NO_PLATFORM_ALLOWED":
    "{children, plural, =0 {The image index names no image that can run.} one {The only image of the index is not allowed.} other {None of the # images of the index is allowed.}}",
  "reason.IMAGE_UNKNOWN":
    "The image is not known here. Look at its name and tag; if they are right, push it to the registry of Haechi, which then knows it.",
  "reason.IMAGE_NOT_FOUND":
    "The registry {registry} says that it has no such image. Look at its name and tag; if they are right, the image may be private: name a pull secret (imagePullSecrets) that may read it.",
  "reason.REGISTRY_REFUSED":
    "The registry {registry} does not let this workload read the image. Name a pull secret (imagePullSecrets) with credentials for {registry} in the Pod or in its service account.",
  "reason.REGISTRY_UNAVAILABLE":
    "The registry {registry} could not be asked about the image ({problem, select, timeout {it did not answer in time} tls {its certificate is not trusted} plain {it would have to be reached without TLS} busy {it asks to come back later} address {it leads to an address that no setting allows} other {no usable answer}}). Try again; if it goes on, an administrator has to look at the registry and at the settings under images.",
  "reason.IMAGE_INVALID":
    "What the registry {registry} gave as this image must not be used: {message}. Find out what changed it on the way, and push the image again.",
  "reason.LOOKUP_FAILED":
    "The image could not be looked up in time, so nothing can be said about it. Try again; if it goes on, look at the state of the Haechi server.",
  "reason.REFERENCE_INVALID": "This is not a valid image reference. Correct the name of the image.",
  "reason.DIGEST_REQUIRED":
    "The policy lets this image run by its digest only, and it is named by a tag: something changed the image after the gate had pinned it. Find what changes it, or name the image by its digest.",
  "reason.SIGNATURE_MISSING":
    "{field} of the policy asks for this signature, and there is none of its kind: {requirement}. {method, select, cosign {Sign the image with that key: “haechi sign --key KEY IMAGE” or “cosign sign --key KEY --tlog-upload=false --use-signing-config=false IMAGE”} keyless {Sign the image as that identity: “cosign sign IMAGE”} notation {Sign the image: “notation sign IMAGE”} notary {Sign the tag: “docker trust sign IMAGE:TAG”} gpg {Sign the image with that GPG key and put the signature into the store that the policy names} other {Sign the image in one of these ways}}.",
  "reason.SIGNATURE_MISSING.child":
    "{field} of the policy asks for this signature on every image of an index, and this one has none: {requirement}. {method, select, cosign {Sign the index together with its images: “haechi sign --recursive --key KEY IMAGE” or “cosign sign --recursive --key KEY --tlog-upload=false --use-signing-config=false IMAGE”} keyless {Sign the index together with its images: “cosign sign --recursive IMAGE”} other {Sign each image of the index by its digest}}. If a signature of the index should be enough, set children to covered.",
  "reason.SIGNATURE_INVALID":
    "The image has signatures, and none is what {field} of the policy asks for: {requirement}. What is wrong: {message}. Find out who put them there before you use the image; then sign it as the policy asks, or correct the policy.",
  "reason.SIGNATURE_INVALID.found":
    "The image has signatures that claim to be by {found}, and none is what {field} of the policy asks for: {requirement}. What is wrong: {message}. Find out who put them there before you use the image; then sign it as the policy asks, or correct the policy.",
  "reason.SIGNATURE_UNDECIDED":
    "It cannot be told whether the image has the signature that {field} of the policy asks for: {requirement}. What happened: {message}. Try again; if it goes on, see whether that source can be reached and whether what the policy names is there.",
  "reason.SIGNATURE_UNDECIDED.notLookedUp":
    "It cannot be told whether the image has the signature that {field} of the policy asks for, since its signatures are not known here yet: {requirement}. Try again; if it goes on, look at the state of the Haechi server.",
  "reason.SIGNATURE_REJECTED":
    "The policy accepts no image here: {field} is of the type reject. If that is not meant, correct the policy.",
  "reason.TRUST_NOT_SUPPORTED":
    "{field} of the policy asks for Docker Content Trust, and the registry of this image has no trust service. Name one in trustServer, ask for another kind of signature, or use an image of a registry that has one.",
  "reason.ATTESTATION_MISSING":
    "{field} of the policy asks for this attestation, and there is none: {requirement}. Have the build attest the image, for example with cosign attest or haechi attest.",
  "reason.ATTESTATION_MISSING.child":
    "{field} of the policy asks for this attestation on every image of an index, and this one has none: {requirement}. Attest each image of the index by its digest, or set children to covered if one of the index should be enough.",
  "reason.ATTESTATION_INVALID":
    "The image has attestations, and none is what {field} of the policy asks for: {requirement}. What is wrong: {message}. Correct what the build attests, or the conditions of the policy.",
  "reason.ATTESTATION_UNDECIDED":
    "It cannot be told whether the image has the attestation that {field} of the policy asks for: {requirement}. What happened: {message}. Try again; if it goes on, see whether that source can be reached and whether the conditions fit this kind of statement.",
  "reason.ATTESTATION_UNDECIDED.notLookedUp":
    "It cannot be told whether the image has the attestation that {field} of the policy asks for, since its attestations are not known here yet: {requirement}. Try again; if it goes on, look at the state of the Haechi server.",
  "reason.SECRET_MISSING":
    "{field} of the policy needs the field {key} of the Secret {namespace}/{secret}, and there is no such Secret. Create it; until then no image can be verified.",
  "reason.SECRET_MISSING.field":
    "{field} of the policy needs the field {key} of the Secret {namespace}/{secret}, and it is missing or empty. Add it; until then no image can be verified.",
  "reason.SECRET_MISSING.malformed":
    "{field} of the policy needs the field {key} of the Secret {namespace}/{secret}, and what it holds cannot be used. Put the name of a signer or a public key in PEM form there, whichever the field is for.",
  "reason.SECRET_MISSING.namespace":
    "{field} of the policy names the field {key} of the Secret {namespace}/{secret}, and a policy may use Secrets of its own namespace only, a ClusterImagePolicy those of the namespace of Haechi. Move the Secret there and remove keySecretNamespace.",
  "reason.POLICY_INVALID":
    "The {kind} {name} is in force and cannot be read ({message}), so nobody knows what it asks for. Correct it; until then nothing that it could apply to is judged.",
  "reason.IMAGE_TOO_OLD":
    "The image is from {created} ({from, select, provenance {by its signed provenance} push {when it was first pushed here} other {by its own word}}), and the policy accepts none older than {maxAge}. Build it again on current base images.",
  "reason.IMAGE_AGE_UNKNOWN":
    "It cannot be told how old the image is, and the policy limits its age: {problem, select, future {the time that it claims, {created}, is still to come} placeholder {the time that it claims, {created}, is a placeholder of the build tool} other {nothing says when it was made}}. Have the build sign its provenance, or push the image to this registry, which then knows.",
  "reason.TAG_NOT_ALLOWED":
    "The policy does not let the image be named by the tag {tag}; it allows {allowed}. Use one of these, or name the image by its digest.",
  "reason.DIGEST_MISSING":
    "The policy wants the image to be named by its digest, since a tag can be moved. Write IMAGE@sha256:… instead.",
  "reason.ROOT_USER":
    "The image runs as root unless the Pod says otherwise (its user is {user}). Set another one with USER in its Dockerfile.",
  "reason.ROOT_USER.unset":
    "The image names no user and so runs as root unless the Pod says otherwise. Set one with USER in its Dockerfile.",
  "reason.CONFIG_UNKNOWN":
    "The configuration of the image is not known, so nobody can tell as which user it runs. Try again; if it goes on, see whether its registry can be reached.",
  "reason.PACKAGE_DENIED":
    "The image contains {package} {version}, which the policy forbids ({pattern}). Remove the package and rebuild.",
  "reason.FIX_DATE_UNKNOWN":
    "{package} {version} has {id}, fixed in {fixed}, and no source says since when, so it cannot be told whether the time that the policy gives is over. Update the package or the base image, and rebuild.",
  "reason.EXPLOITATION_UNKNOWN":
    "The policy asks which vulnerabilities are exploited, and the advisory database has no data of {source}. Import it.",
  "reason.SECRET_FOUND":
    "The image holds a secret ({rule}) in {path}. Revoke it, and build the image without it: deleting the file in a later layer does not remove it.",
  "reason.SECRET_FOUND.config":
    "The configuration or history of the image holds a secret ({rule}). Revoke it, and pass it at run time or as a build secret instead.",
  "reason.SETUID_FILE":
    "The program {path} runs with the rights of its owner (setuid). Remove it, or take the bit away in the layer that brings it.",
  "reason.MALWARE_FOUND": "The file {path} is malware ({rule}). Do not use the image, and find out how it came in.",
  "reason.NOT_LOOKED_FOR":
    "The policy asks about {check, select, vulnerabilities {vulnerabilities} secrets {secrets} setuid {setuid programs} malware {malware} other {something}}, and the scan did not look for that. Scan the image again with the scanner for it.",
  "reason.END_OF_LIFE":
    "{release} has got no more fixes since {until}, so its vulnerabilities stay. Build on a newer release.",
  "reason.END_OF_LIFE.extended":
    "The free support of {release} ended on {until}; only extended support is left, until {extendedUntil}. Build on a newer release.",
  "reason.END_OF_LIFE_UNKNOWN":
    "Nobody knows how long {distribution} is supported. Import support dates, or build on a distribution that has them.",
  "reason.MORE_REASONS": "{count, plural, one {There is # more reason.} other {There are # more reasons.}}",
} as const;

export const policyKo: Record<keyof typeof policyEn, string> = {
  "policy.outcome.allow": "{reference} 이미지가 허용되었습니다.",
  "policy.outcome.deny": "{reference} 이미지가 거부되었습니다.",
  "policy.outcome.undecided": "{reference} 이미지를 실행해도 되는지 판단할 수 없습니다.",
  "policy.onPlatform": "[{platform}] {text}",
  "policy.decidedBySettings": "적용된 레지스트리 설정: preventPullFrom(풀 차단), 저장소 {repository}",
  "policy.reportCommand": "파일, 레이어, 해결 방법을 포함한 전체 보고서: haechi scan {reference}",
  "policy.decidedBy": "적용된 정책: {kind} {name}, 저장소 항목 {repository}",
  "policy.exempt": "[예외] {text}",
  "policy.exception": "예외 {name} 적용 중(기한: {until})",
  "policy.mandatorySettings": "함께 적용된 레지스트리 설정: preventPullFrom(풀 차단), 저장소 {repository}",
  "policy.mandatory": "함께 적용된 필수 정책: {kind} {name}, 저장소 항목 {repository}",
  "reason.NO_POLICY":
    "이미지 정책이 없습니다. 정책이 없으면 어떤 이미지도 허용되지 않으므로, 이 이미지에 적용할 ClusterImagePolicy를 만드십시오.",
  "reason.NO_POLICY.namespace":
    "{namespace} 네임스페이스에 적용되는 이미지 정책이 없습니다. 정책이 없으면 어떤 이미지도 허용되지 않으므로, 이 이미지에 적용할 ImagePolicy를 해당 네임스페이스에 만들거나 ClusterImagePolicy를 만드십시오.",
  "reason.NO_MATCHING_REPOSITORY":
    "이 이미지와 일치하는 저장소 항목이 ClusterImagePolicy에 없습니다. 정책에 이 저장소 항목을 추가하십시오.",
  "reason.NO_MATCHING_REPOSITORY.namespace":
    "{namespace} 네임스페이스에는 클러스터 정책보다 우선하는 자체 ImagePolicy가 있지만, 그중 이 이미지와 일치하는 저장소 항목이 없습니다. 해당 정책에 이 저장소 항목을 추가하십시오.",
  "reason.VULNERABILITY":
    "{package} {version} 패키지에 {id} 취약점이 있습니다(심각도: {severity, select, critical {매우 높음} high {높음} medium {보통} low {낮음} negligible {무시 가능} other {알 수 없음}}). 수정 버전은 {fixed}입니다. 패키지나 베이스 이미지를 업데이트하고 다시 빌드하십시오.",
  "reason.VULNERABILITY.noFix":
    "{package} {version} 패키지에 {id} 취약점이 있으며(심각도: {severity, select, critical {매우 높음} high {높음} medium {보통} low {낮음} negligible {무시 가능} other {알 수 없음}}) 아직 수정 버전이 없습니다. 패키지를 제거하거나, 수정 버전이 없는 취약점을 허용하도록 정책을 바꾸십시오.",
  "reason.VULNERABILITY.knownExploited":
    "{package} {version} 패키지에 {id} 취약점이 있습니다(심각도: {severity, select, critical {매우 높음} high {높음} medium {보통} low {낮음} negligible {무시 가능} other {알 수 없음}}). {added}부터 실제 공격에 악용되고 있어 정책에서 어떤 경우에도 허용하지 않습니다. {hasFix, select, yes {{fixed} 버전에서 수정되었으므로 패키지나 베이스 이미지를 업데이트하고 다시 빌드하십시오.} other {수정 버전이 없으므로 패키지를 제거하십시오.}}",
  "reason.VULNERABILITY.epss":
    "{package} {version} 패키지에 {id} 취약점이 있습니다(심각도: {severity, select, critical {매우 높음} high {높음} medium {보통} low {낮음} negligible {무시 가능} other {알 수 없음}}). 악용될 가능성이 높습니다(EPSS {score, number, ::percent .0}, 정책의 허용 한도 {epssAbove, number, ::percent .0}). {hasFix, select, yes {{fixed} 버전에서 수정되었으므로 패키지나 베이스 이미지를 업데이트하고 다시 빌드하십시오.} other {수정 버전이 없으므로 패키지를 제거하십시오.}}",
  "reason.VULNERABILITY.grace":
    "{package} {version} 패키지에 {id} 취약점이 있습니다(심각도: {severity, select, critical {매우 높음} high {높음} medium {보통} low {낮음} negligible {무시 가능} other {알 수 없음}}). 정책이 허용하는 {graceUntil}까지 {fixed} 버전으로 업데이트하십시오. 그 뒤에는 이미지가 거부됩니다.",
  "reason.VULNERABILITY_UNDECIDED":
    "버전을 해석할 수 없어 {package} {version} 패키지가 {id} 취약점의 영향을 받는지 판단할 수 없습니다.",
  "reason.SEVERITY_UNKNOWN":
    "{package} {version} 패키지에 {id} 취약점이 있지만 심각도를 밝힌 출처가 없어 정책 기준과 비교할 수 없습니다.",
  "reason.SCAN_MISSING": "이미지를 아직 검사하지 않았습니다. 이 레지스트리에 푸시하면 자동으로 검사합니다.",
  "reason.SCAN_MISSING.remote":
    "이미지를 아직 검사하지 않았고, 이 게이트에는 다른 레지스트리의 이미지를 직접 검사하는 기능이 꺼져 있습니다. 이미지를 Haechi 레지스트리에 푸시하거나, 관리자에게 admission.inlineScan 설정을 켜 달라고 요청하십시오.",
  "reason.SCAN_PENDING": "이미지 검사가 아직 끝나지 않았습니다. 잠시 후 다시 시도하십시오.",
  "reason.SCAN_FAILED": "이미지 검사에 실패했습니다. 다시 검사하거나 이미지를 다시 빌드하십시오. 원인: {message}",
  "reason.SCAN_PARTIAL":
    "이미지를 일부만 검사했습니다(문제 {problems, plural, other {#건}}). 전체를 읽을 수 있도록 이미지를 다시 빌드하십시오. 원인: {message}",
  "reason.SCAN_TOO_OLD":
    "마지막 검사 시각은 {scannedAt}이며, 정책은 {maxAge}보다 오래된 검사 결과를 인정하지 않습니다. 이미지를 다시 검사하십시오.",
  "reason.DISTRIBUTION_UNKNOWN":
    "이미지의 리눅스 배포판을 알 수 없어(사용할 수 있는 os-release가 없음) 어떤 취약점이 있는지 판단할 수 없습니다. 배포판 정보가 들어 있는 베이스 이미지로 빌드하십시오.",
  "reason.DISTRIBUTION_UNSUPPORTED":
    "{distribution} 배포판의 보안 권고가 없어 이미지에 어떤 취약점이 있는지 판단할 수 없습니다. 지원되는 베이스 이미지로 빌드하거나 이 배포판의 보안 권고를 가져오십시오.",
  "reason.DISTRIBUTION_UNSUPPORTED.packageType":
    "{distribution} 배포판에서는 {packageType} 유형의 패키지를 지원하지 않아 어떤 취약점이 있는지 판단할 수 없습니다. 해당 배포판의 기본 패키지만 설치된 베이스 이미지로 빌드하십시오.",
  "reason.ADVISORIES_MISSING":
    "보안 권고 데이터베이스에 {ecosystem} 자료가 없어 해당 패키지를 판단할 수 없습니다. {ecosystem} 보안 권고를 가져오십시오.",
  "reason.PACKAGES_MISSING":
    "{distribution} 이미지이지만 설치된 패키지 기록이 없어 어떤 취약점이 있는지 판단할 수 없습니다. 패키지 관리자의 데이터베이스를 지우지 말고 다시 빌드하십시오.",
  "reason.ARTIFACT_UNSUPPORTED":
    "스캐너가 읽을 수 있는 컨테이너 이미지가 아닙니다(미디어 타입 {mediaType}). 반드시 허용해야 한다면 해당 저장소의 scan.unsupported를 allow로 설정하십시오.",
  "reason.NO_PLATFORM_ALLOWED":
    "{children, plural, =0 {이미지 인덱스에 실행할 수 있는 이미지가 없습니다.} other {인덱스에 있는 이미지 #개가 모두 허용되지 않습니다.}}",
  "reason.IMAGE_UNKNOWN":
    "알 수 없는 이미지입니다. 이름과 태그를 확인하고, 올바르다면 Haechi 레지스트리에 푸시한 뒤 다시 시도하십시오.",
  "reason.IMAGE_NOT_FOUND":
    "{registry} 레지스트리에 그런 이미지가 없습니다. 이름과 태그를 확인하십시오. 올바르다면 비공개 이미지일 수 있으므로 이미지를 읽을 수 있는 풀 시크릿(imagePullSecrets)을 지정하십시오.",
  "reason.REGISTRY_REFUSED":
    "{registry} 레지스트리가 이 워크로드의 이미지 조회를 거부했습니다. {registry} 인증 정보가 있는 풀 시크릿(imagePullSecrets)을 파드나 서비스 어카운트에 지정하십시오.",
  "reason.REGISTRY_UNAVAILABLE":
    "{registry} 레지스트리에 이미지를 조회할 수 없습니다({problem, select, timeout {제한 시간 안에 응답 없음} tls {인증서를 신뢰할 수 없음} plain {TLS 없이 접속해야 함} busy {나중에 다시 요청하라고 응답함} address {설정에서 허용하지 않은 주소로 연결됨} other {사용할 수 있는 응답 없음}}). 다시 시도하고, 계속 실패하면 관리자가 레지스트리 상태와 images 설정을 확인해야 합니다.",
  "reason.IMAGE_INVALID":
    "{registry} 레지스트리가 보낸 이미지를 사용할 수 없습니다: {message}. 전송 중에 무엇이 바뀌었는지 확인한 뒤 이미지를 다시 푸시하십시오.",
  "reason.LOOKUP_FAILED":
    "제한 시간 안에 이미지를 조회하지 못해 판단할 수 없습니다. 다시 시도하고, 계속 실패하면 Haechi 서버 상태를 확인하십시오.",
  "reason.REFERENCE_INVALID": "올바른 이미지 참조가 아닙니다. 이미지 이름을 바로잡으십시오.",
  "reason.DIGEST_REQUIRED":
    "정책상 이 이미지는 다이제스트로만 실행할 수 있는데 태그로 지정되어 있습니다. 게이트가 다이제스트를 고정한 뒤 다른 구성 요소가 이미지를 바꾼 것입니다. 무엇이 바꾸는지 확인하거나 이미지를 다이제스트로 지정하십시오.",
  "reason.SIGNATURE_MISSING":
    "정책의 {field} 항목이 요구하는 서명이 없습니다: {requirement}. {method, select, cosign {해당 키로 이미지에 서명하십시오: “haechi sign --key KEY IMAGE” 또는 “cosign sign --key KEY --tlog-upload=false --use-signing-config=false IMAGE”} keyless {해당 신원으로 이미지에 서명하십시오: “cosign sign IMAGE”} notation {이미지에 서명하십시오: “notation sign IMAGE”} notary {태그에 서명하십시오: “docker trust sign IMAGE:TAG”} gpg {해당 GPG 키로 이미지에 서명하고 서명을 정책에 지정된 저장소에 올리십시오} other {위 방법 중 하나로 이미지에 서명하십시오}}.",
  "reason.SIGNATURE_MISSING.child":
    "정책의 {field} 항목은 인덱스의 모든 이미지에 서명을 요구하지만 이 이미지에는 서명이 없습니다: {requirement}. {method, select, cosign {인덱스와 그 이미지에 함께 서명하십시오: “haechi sign --recursive --key KEY IMAGE” 또는 “cosign sign --recursive --key KEY --tlog-upload=false --use-signing-config=false IMAGE”} keyless {인덱스와 그 이미지에 함께 서명하십시오: “cosign sign --recursive IMAGE”} other {인덱스의 각 이미지에 다이제스트로 서명하십시오}}. 인덱스의 서명만으로 충분하다면 children을 covered로 설정하십시오.",
  "reason.SIGNATURE_INVALID":
    "이미지에 서명이 있지만 정책의 {field} 항목이 요구하는 서명은 없습니다: {requirement}. 문제: {message}. 이미지를 사용하기 전에 누가 서명을 올렸는지 확인한 뒤, 정책이 요구하는 대로 서명하거나 정책을 바로잡으십시오.",
  "reason.SIGNATURE_INVALID.found":
    "이미지에 서명이 있지만(서명에 표시된 서명자: {found}) 정책의 {field} 항목이 요구하는 서명은 없습니다: {requirement}. 문제: {message}. 이미지를 사용하기 전에 누가 서명을 올렸는지 확인한 뒤, 정책이 요구하는 대로 서명하거나 정책을 바로잡으십시오.",
  "reason.SIGNATURE_UNDECIDED":
    "정책의 {field} 항목이 요구하는 서명이 있는지 판단할 수 없습니다: {requirement}. 원인: {message}. 다시 시도하고, 계속 실패하면 서명을 읽어 오는 곳에 연결할 수 있는지, 정책에 지정한 항목이 존재하는지 확인하십시오.",
  "reason.SIGNATURE_UNDECIDED.notLookedUp":
    "서명을 아직 확인하지 못해 정책의 {field} 항목이 요구하는 서명이 있는지 판단할 수 없습니다: {requirement}. 다시 시도하고, 계속 실패하면 Haechi 서버 상태를 확인하십시오.",
  "reason.SIGNATURE_REJECTED":
    "정책이 이 이미지를 모두 거부합니다({field}의 유형이 reject). 의도한 것이 아니라면 정책을 바로잡으십시오.",
  "reason.TRUST_NOT_SUPPORTED":
    "정책의 {field} 항목은 Docker Content Trust를 요구하지만 이 이미지의 레지스트리에는 신뢰 서비스가 없습니다. trustServer에 서버를 지정하거나, 다른 종류의 서명을 요구하도록 바꾸거나, 신뢰 서비스가 있는 레지스트리의 이미지를 사용하십시오.",
  "reason.ATTESTATION_MISSING":
    "정책의 {field} 항목이 요구하는 증명(attestation)이 없습니다: {requirement}. cosign attest나 haechi attest 등으로 빌드 과정에서 이미지를 증명하십시오.",
  "reason.ATTESTATION_MISSING.child":
    "정책의 {field} 항목은 인덱스의 모든 이미지에 증명(attestation)을 요구하지만 이 이미지에는 없습니다: {requirement}. 인덱스의 각 이미지를 다이제스트로 증명하십시오. 인덱스의 증명만으로 충분하다면 children을 covered로 설정하십시오.",
  "reason.ATTESTATION_INVALID":
    "이미지에 증명(attestation)이 있지만 정책의 {field} 항목이 요구하는 증명은 없습니다: {requirement}. 문제: {message}. 빌드가 증명하는 내용이나 정책의 조건을 바로잡으십시오.",
  "reason.ATTESTATION_UNDECIDED":
    "정책의 {field} 항목이 요구하는 증명(attestation)이 있는지 판단할 수 없습니다: {requirement}. 원인: {message}. 다시 시도하고, 계속 실패하면 증명을 읽어 오는 곳에 연결할 수 있는지, 조건이 이 종류의 증명에 맞는지 확인하십시오.",
  "reason.ATTESTATION_UNDECIDED.notLookedUp":
    "증명(attestation)을 아직 확인하지 못해 정책의 {field} 항목이 요구하는 증명이 있는지 판단할 수 없습니다: {requirement}. 다시 시도하고, 계속 실패하면 Haechi 서버 상태를 확인하십시오.",
  "reason.SECRET_MISSING":
    "정책의 {field} 항목에 필요한 시크릿 {namespace}/{secret}의 {key} 필드를 읽을 수 없습니다. 그 이름의 시크릿이 없습니다. 시크릿을 만들기 전에는 어떤 이미지도 검증할 수 없습니다.",
  "reason.SECRET_MISSING.field":
    "정책의 {field} 항목에 필요한 시크릿 {namespace}/{secret}의 {key} 필드가 없거나 비어 있습니다. 필드를 추가하기 전에는 어떤 이미지도 검증할 수 없습니다.",
  "reason.SECRET_MISSING.malformed":
    "정책의 {field} 항목에 필요한 시크릿 {namespace}/{secret}의 {key} 필드 값을 사용할 수 없습니다. 필드의 용도에 맞게 서명자 이름이나 PEM 형식의 공개 키를 넣으십시오.",
  "reason.SECRET_MISSING.namespace":
    "정책의 {field} 항목은 시크릿 {namespace}/{secret}의 {key} 필드를 지정하지만, 정책은 자신의 네임스페이스에 있는 시크릿만, ClusterImagePolicy는 Haechi의 네임스페이스에 있는 시크릿만 사용할 수 있습니다. 시크릿을 그 네임스페이스로 옮기고 keySecretNamespace를 지우십시오.",
  "reason.POLICY_INVALID":
    "적용 중인 {kind} {name} 정책을 해석할 수 없어({message}) 무엇을 요구하는지 알 수 없습니다. 정책을 바로잡으십시오. 그 전까지는 이 정책이 적용될 수 있는 대상을 판단할 수 없습니다.",
  "reason.IMAGE_TOO_OLD":
    "이미지 생성 시각은 {created}이며({from, select, provenance {서명된 출처 증명 기준} push {이 레지스트리에 처음 푸시된 시각 기준} other {이미지에 적힌 값 기준}}) 정책은 {maxAge}보다 오래된 이미지를 허용하지 않습니다. 최신 베이스 이미지로 다시 빌드하십시오.",
  "reason.IMAGE_AGE_UNKNOWN":
    "정책이 이미지의 나이를 제한하지만 언제 만들어졌는지 알 수 없습니다: {problem, select, future {이미지에 적힌 시각({created})이 미래입니다} placeholder {이미지에 적힌 시각({created})은 빌드 도구가 넣은 임시 값입니다} other {생성 시각을 알려 주는 정보가 없습니다}}. 빌드에서 출처 증명에 서명하거나, 시각이 기록되는 이 레지스트리에 이미지를 푸시하십시오.",
  "reason.TAG_NOT_ALLOWED":
    "정책상 {tag} 태그로는 이 이미지를 사용할 수 없습니다. 허용되는 태그: {allowed}. 이 중 하나를 쓰거나 이미지를 다이제스트로 지정하십시오.",
  "reason.DIGEST_MISSING":
    "태그는 옮겨질 수 있으므로 정책에서 이미지를 다이제스트로 지정하도록 요구합니다. IMAGE@sha256:… 형식으로 쓰십시오.",
  "reason.ROOT_USER":
    "파드에서 따로 지정하지 않으면 이미지가 root로 실행됩니다(이미지의 사용자: {user}). Dockerfile의 USER로 다른 사용자를 지정하십시오.",
  "reason.ROOT_USER.unset":
    "이미지에 사용자가 지정되어 있지 않아, 파드에서 따로 지정하지 않으면 root로 실행됩니다. Dockerfile의 USER로 사용자를 지정하십시오.",
  "reason.CONFIG_UNKNOWN":
    "이미지 구성을 알 수 없어 어떤 사용자로 실행되는지 판단할 수 없습니다. 다시 시도하고, 계속 실패하면 이미지의 레지스트리에 연결할 수 있는지 확인하십시오.",
  "reason.PACKAGE_DENIED":
    "정책에서 금지한 {package} {version} 패키지가 이미지에 있습니다(규칙: {pattern}). 패키지를 제거하고 다시 빌드하십시오.",
  "reason.FIX_DATE_UNKNOWN":
    "{package} {version} 패키지에 {id} 취약점이 있고 {fixed} 버전에서 수정되었지만, 언제 수정되었는지 알 수 없어 정책의 유예 기간이 지났는지 판단할 수 없습니다. 패키지나 베이스 이미지를 업데이트하고 다시 빌드하십시오.",
  "reason.EXPLOITATION_UNKNOWN":
    "정책에서 취약점의 악용 여부를 요구하지만 보안 권고 데이터베이스에 {source} 데이터가 없습니다. 데이터를 가져오십시오.",
  "reason.SECRET_FOUND":
    "이미지의 {path} 파일에 비밀 정보가 있습니다({rule}). 해당 정보를 폐기하고 이미지에 넣지 말고 다시 빌드하십시오. 나중 레이어에서 파일을 지워도 이미지에는 남아 있습니다.",
  "reason.SECRET_FOUND.config":
    "이미지의 구성이나 이력에 비밀 정보가 있습니다({rule}). 해당 정보를 폐기하고, 실행할 때 전달하거나 빌드 시크릿을 사용하십시오.",
  "reason.SETUID_FILE":
    "{path} 프로그램은 소유자 권한으로 실행됩니다(setuid). 프로그램을 제거하거나, 추가하는 레이어에서 setuid 비트를 해제하십시오.",
  "reason.MALWARE_FOUND": "{path} 파일은 악성 코드입니다({rule}). 이미지를 사용하지 말고 유입 경로를 확인하십시오.",
  "reason.NOT_LOOKED_FOR":
    "정책에서 {check, select, vulnerabilities {취약점} secrets {비밀 정보} setuid {setuid 프로그램} malware {악성 코드} other {다른 항목}} 검사를 요구하지만 이 항목을 검사하지 않았습니다. 해당 검사기를 사용하여 이미지를 다시 검사하십시오.",
  "reason.END_OF_LIFE":
    "{release} 지원이 {until}에 끝나 더 이상 수정이 나오지 않으므로 취약점이 그대로 남습니다. 새 릴리스의 베이스 이미지로 빌드하십시오.",
  "reason.END_OF_LIFE.extended":
    "{release} 무상 지원이 {until}에 끝났고 연장 지원만 {extendedUntil}까지 남았습니다. 새 릴리스의 베이스 이미지로 빌드하십시오.",
  "reason.END_OF_LIFE_UNKNOWN":
    "{distribution} 배포판의 지원 기간을 알 수 없습니다. 지원 기간 데이터를 가져오거나, 지원 기간을 알 수 있는 배포판으로 빌드하십시오.",
  "reason.MORE_REASONS": "{count, plural, other {이 밖에 사유가 #건 더 있습니다.}}",
};
