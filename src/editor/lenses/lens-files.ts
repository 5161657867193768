const testFile = /\.(test|spec|e2e|cy|bench|stories)\.[cm]?[jt]sx?$/i;
const testFolder = /(^|\/)(__tests__|__mocks__|tests?|specs?|e2e)\//i;
const declaration = /\.d(\.\w+)?\.[cm]?ts$/i;
const notOwn = /(^|\/)(node_modules|\.git)\//;
const source = /\.[cm]?[jt]sx?$/i;

/**
 * Whether functions of this file get lenses: the user's own code, not tests, not declarations.
 * @param file path relative to its workspace folder, with `/`
 */
export function hasLenses(file: string): boolean {
  return (
    source.test(file) &&
    !declaration.test(file) &&
    !testFile.test(file) &&
    !testFolder.test(file) &&
    !notOwn.test(file)
  );
}
