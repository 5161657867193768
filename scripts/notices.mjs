/**
 * `ThirdPartyNotices.txt`: the licence of every package that went into some bundles, as its authors wrote it. Which ones
 * did is what esbuild tells of its outputs (see `build.mjs`), so a package is never forgotten.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './setup/paths.mjs';
import { SetupError } from './setup/say.mjs';

/**
 * Code of packages that another one carries in its own files. Their licences are read where they are installed; the version is
 * the installed one, unless it is said where it stands.
 */
const carried = {
  '@ts-morph/common': [
    { name: 'typescript', file: 'dist/typescript.js', version: /^var version = "(.+)";$/m },
  ],
  '@modelcontextprotocol/server': [
    { name: 'ajv' },
    { name: 'ajv-formats' },
    { name: 'content-type' },
    { name: 'fast-deep-equal' },
    { name: 'fast-uri' },
    { name: 'json-schema-traverse' },
  ],
};

/** Packages that name their licence and leave its text out, each with one that has the same text. */
const textOf = { '@humanwhocodes/momoa': 'typescript' };

const RULE = '-'.repeat(100);

/** Folders, from the root, of the packages of which something is in an output. */
export function packagesIn(metafile) {
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0),
  );
  const folders = files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

/**
 * Name and version of each package in these bundles, or shipped beside them as it is (`beside`: names), once each.
 * @returns {{ name: string, version: string, license: string, texts: string[] }[]}
 * @throws {SetupError} for a package without a licence text
 */
export function licencesOf(bundles, stamps, beside = []) {
  const folders = [
    ...bundles.flatMap((out) => stamps[out].packages),
    ...beside.map((name) => `node_modules/${name}`),
  ];
  const all = [...new Set(folders)].flatMap((folder) => {
    const one = licenceOf(folder);
    return [one, ...(carried[one.name] ?? []).map((inside) => licenceOfCarried(folder, inside))];
  });
  const unique = new Map(all.map((one) => [`${one.name}@${one.version}`, one]));
  return [...unique.values()].sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

/** The text of the file. */
export function noticesText(licences) {
  const parts = licences.map(({ name, version, license, texts }) =>
    [RULE, `${name} ${version} (${license})`, RULE, '', texts.join('\n\n'), ''].join('\n'),
  );
  return [
    'Manycore contains code of these packages, each under its own licence.',
    '',
    ...licences.map(({ name, version, license }) => `  ${name} ${version} (${license})`),
    '',
    ...parts,
  ].join('\n');
}

function licenceOfCarried(folder, { name, file, version: pattern }) {
  const licence = licenceOf(`node_modules/${name}`);
  if (pattern === undefined) return licence;
  const version = pattern.exec(readFileSync(inRoot(folder, file), 'utf8'))?.[1];
  if (version === undefined) throw new SetupError(`notices: ${folder} does not say which ${name} it has`);
  return { ...licence, version };
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(inRoot(folder, 'package.json'), 'utf8'));
  if (name in textOf) {
    const same = licenceOf(`node_modules/${textOf[name]}`);
    if (same.license !== license) throw new SetupError(`notices: ${name} is under ${license} now`);
    return { name, version, license, texts: same.texts.slice(0, 1) };
  }
  const files = readdirSync(inRoot(folder)).filter((file) =>
    /^(licen[cs]e|copying|notice|thirdpartynotice)/i.test(file),
  );
  if (!files.some((file) => /^(licen[cs]e|copying)/i.test(file)))
    throw new SetupError(`notices: ${folder} has no licence text`);
  const texts = files.map((file) =>
    readFileSync(join(inRoot(folder), file), 'utf8')
      .replaceAll('\r\n', '\n')
      .trim(),
  );
  return { name, version, license, texts };
}
