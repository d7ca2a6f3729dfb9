// SPDX-License-Identifier: Apache-2.0

import {
  type ArchivedImage,
  ImageSourceError,
  openImageArchive,
  openRepository,
  pushArchivedImage,
} from "#image-source";
import { renderSize } from "#messages";
import { type ImageReference, parseImageReference } from "#oci";
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { createProgressBar } from "../progress-bar.ts";
import { registryAccess } from "../registry-access.ts";
import { visibleLines } from "../visible-lines.ts";

/** Under this repository an image has to be known to have a place. */
type Place = Pick<ImageReference, "registry" | "repository">;

/** Pushes every image of an archive. Throws `UsageError`, `ImageSourceError`, `OciError`. */
export async function loadImages(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { signal } = context;
  const prefix = readPrefix(invocation.text("repository"));
  await using archive = await openImageArchive(invocation.arguments[0] ?? "", signal);
  if (archive.images.length === 0) {
    throw new ImageSourceError("IMAGE_NOT_FOUND", "there is no image in the archive");
  }
  // all names are looked at before the first image is sent
  const images = archive.images.map((image) => ({ image, place: placeOf(image, prefix) }));
  const bar = createProgressBar(context.stderr, context.isTerminal && !invocation.flag("no-progress"));
  for (const { image, place } of images) {
    const name = `${place.registry}/${place.repository}`;
    // the token of a server on this machine reads what its gate refuses, and cannot write
    const { bearerToken: _, ...access } = await registryAccess(`docker://${name}`, invocation, context);
    await using target = await openRepository(place, { ...access, scopes: ["pull", "push"] });
    let done = 0;
    const pushed = await pushArchivedImage(image, target, {
      ...(image.tag === undefined ? {} : { tag: image.tag }),
      signal,
      onBytes(bytes) {
        done += bytes;
        bar.update(`${name} ${renderSize(done)}`, 0, 0);
      },
    }).finally(() => bar.clear());
    const facts = {
      name: image.tag === undefined ? name : `${name}:${image.tag}`,
      digest: pushed.digest,
      size: renderSize(pushed.sentBytes),
      attached: pushed.attached,
    };
    context.stdout(visibleLines(`${context.translate("registryBackup.load.done", facts)}\n`));
  }
  return 0;
}

function readPrefix(text: string | undefined): { readonly registry: string; readonly path: string } | undefined {
  if (text === undefined) {
    return undefined;
  }
  const [, host = "", path = ""] = /^([^/]+)(?:\/(.+?))?\/?$/.exec(text) ?? [];
  // read with a name behind it, by the one grammar of names
  const { registry, repository, tag, isTagImplied } = parseImageReference(`${host}/${path === "" ? "" : `${path}/`}x`);
  if (registry !== host.toLowerCase() || !isTagImplied || tag !== "latest") {
    throw new UsageError(
      "OPTION_INVALID",
      "--repository takes a registry with an optional path, e.g. mirror.example.com/team",
    );
  }
  return { registry, path: repository.slice(0, -"x".length).replace(/\/$/, "") };
}

function placeOf({ name }: ArchivedImage, prefix: ReturnType<typeof readPrefix>): Place {
  if (prefix === undefined) {
    if (name === undefined) {
      throw new UsageError("OPTION_INVALID", "the archive does not name its image: say where it goes by --repository");
    }
    return name;
  }
  if (name === undefined && prefix.path === "") {
    throw new UsageError("OPTION_INVALID", "the archive does not name its image: --repository needs a path as well");
  }
  const repository = [prefix.path, name?.repository ?? ""].filter((part) => part !== "").join("/");
  // a name of an archive is somebody else's text
  const parsed = parseImageReference(`${prefix.registry}/${repository}`);
  return { registry: parsed.registry, repository: parsed.repository };
}
