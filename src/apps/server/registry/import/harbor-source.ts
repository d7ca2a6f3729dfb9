// SPDX-License-Identifier: Apache-2.0
import type { RegistryOptions } from "#image-source";
import { isRepositoryName, isTag } from "../repository-name.ts";
import type { UpstreamClients } from "../upstream/upstream-clients.ts";
import type { UpstreamRegistry } from "../upstream/upstream-options.ts";
import { listHarborAccounts } from "./harbor-accounts.ts";
import { type HarborApi, MAX_LIST_BYTES, openHarborApi } from "./harbor-api.ts";
import {
  artifactSchema,
  type HarborProject,
  immutableRuleSchema,
  projectSchema,
  repositorySchema,
  retentionSchema,
} from "./harbor-records.ts";
import { type ImportNote, importNote } from "./import-note.ts";
import type { ImportSource, SourceFindings } from "./import-source.ts";
import { mapHarborSettings } from "./map-harbor-settings.ts";

const MAX_NOTES = 1_000;
const MAX_SETTINGS = 10_000;

/** A Harbor, by its own API for what there is and by the registry protocol for content. Takes ownership of the clients. */
export async function openHarborSource(
  upstream: UpstreamRegistry,
  parts: { readonly clients: UpstreamClients; readonly options: RegistryOptions },
): Promise<ImportSource> {
  const { clients, options } = parts;
  const api = await openHarborApi(upstream.registry, options);
  const notes = new Map<string, ImportNote>();
  let projects: readonly HarborProject[] | undefined;

  async function findProjects(signal: AbortSignal): Promise<readonly HarborProject[]> {
    if (projects === undefined) {
      const found: HarborProject[] = [];
      for await (const page of api.pages("projects", projectSchema, signal, MAX_LIST_BYTES)) {
        found.push(...page.entries);
        noteUnreadable("projectsUnreadable", page.unreadable);
      }
      projects = found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    }
    return projects;
  }

  /** Each once, however often it is found. */
  function note(code: ImportNote["code"], params: ImportNote["params"]): void {
    if (notes.size < MAX_NOTES) {
      notes.set(JSON.stringify([code, params]), importNote(code, params));
    }
  }

  function noteUnreadable(code: ImportNote["code"], count: number, place: { readonly name?: string } = {}): void {
    if (count > 0) {
      note(code, { count, ...place });
    }
  }

  return {
    async *listRepositories(signal) {
      for (const project of await findProjects(signal)) {
        if (isCache(project)) {
          note("projectIsCache", { project: project.name });
          continue;
        }
        const names: string[] = [];
        const path = `projects/${encodeURIComponent(project.name)}/repositories`;
        for await (const page of api.pages(path, repositorySchema, signal, MAX_LIST_BYTES)) {
          names.push(...page.entries.map(({ name }) => name).filter((name) => isBelow(project, name)));
          noteUnreadable("repositoriesUnreadable", page.unreadable, { name: project.name });
        }
        yield* names.toSorted();
      }
    },

    async *listImages(repository, signal) {
      for await (const page of api.pages(artifactsPath(repository), artifactSchema, signal)) {
        noteUnreadable("artifactsUnreadable", page.unreadable, { name: repository });
        for (const { digest, tags, labels } of page.entries) {
          if ((labels ?? []).length > 0) {
            note("labelsLeftOut", { repository });
          }
          if ((tags ?? []).length === 0) {
            yield { digest };
          }
          // another name would be asked for as a path, and stored as a tag that nobody can ask for
          yield* (tags ?? []).flatMap(({ name }) => (isTag(name) ? [{ tag: name, digest }] : []));
          const unusable = (tags ?? []).filter(({ name }) => !isTag(name)).length;
          noteUnreadable("tagsUnreadable", unusable, { name: repository });
        }
      }
    },

    open: (repository) => clients.open(upstream, repository),

    async describe(signal): Promise<SourceFindings> {
      const found = await findProjects(signal);
      const mapped = [];
      for (const project of found.filter((each) => !isCache(each))) {
        mapped.push(await readRules(api, project, signal));
        if (project.metadata?.public === "true") {
          note("projectIsPublic", { project: project.name });
        }
      }
      const accounts = await listHarborAccounts(
        api,
        found.map(({ name }) => name),
        signal,
      );
      return {
        accounts: accounts.accounts,
        settings: mapped.flatMap((each) => each.settings).slice(0, MAX_SETTINGS),
        notes: [...notes.values(), ...accounts.notes, ...mapped.flatMap((each) => each.notes)].slice(0, 2 * MAX_NOTES),
      };
    },

    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await clients[Symbol.asyncDispose]();
    },
  };
}

function isBelow({ name: project }: HarborProject, name: string): boolean {
  return name.startsWith(`${project}/`) && isRepositoryName(name);
}

function isCache(project: HarborProject): boolean {
  return (project.registry_id ?? 0) > 0;
}

/** The name of a repository below its project is encoded twice where it has a slash (Harbor's documentation of the API). */
function artifactsPath(repository: string): string {
  const at = repository.indexOf("/");
  const project = encodeURIComponent(repository.slice(0, at));
  const below = encodeURIComponent(encodeURIComponent(repository.slice(at + 1)));
  return `projects/${project}/repositories/${below}/artifacts?with_tag=true&with_label=true`;
}

async function readRules(
  api: HarborApi,
  project: HarborProject,
  signal: AbortSignal,
): Promise<ReturnType<typeof mapHarborSettings>> {
  const id = project.metadata?.retention_id ?? "";
  const name = encodeURIComponent(project.name);
  const retention = /^\d+$/.test(id) ? await api.find(`retentions/${id}`, retentionSchema, signal) : undefined;
  const immutable = await api.list(`projects/${name}/immutabletagrules`, immutableRuleSchema, signal);
  const mapped = mapHarborSettings(project.name, {
    retention: retention?.rules ?? [],
    immutable: immutable?.entries ?? [],
  });
  const isHidden = immutable === undefined || (id !== "" && retention === undefined);
  return isHidden
    ? { ...mapped, notes: [...mapped.notes, importNote("projectRulesUnreadable", { project: project.name })] }
    : mapped;
}
