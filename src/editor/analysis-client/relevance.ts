/** An import of the library in a source text, or it as a dependency in a `package.json`. */
const importOfLibrary = /(?:from|import|import\s*\(|require\s*\()\s*['"]manycore(?:\/[^'"]*)?['"]/;
const dependencyOnLibrary = /"manycore"\s*:/;

/** Whether a source text uses the library, as far as a text search tells. Costs far less than a millisecond. */
export function importsLibrary(text: string): boolean {
  return text.includes('manycore') && importOfLibrary.test(text);
}

/** Whether a `package.json` depends on the library. */
export function dependsOnLibrary(packageJson: string): boolean {
  return dependencyOnLibrary.test(packageJson);
}
