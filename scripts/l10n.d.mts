export const bundleFile: string;
/** Every text, with the numbers of values that its calls give. */
export function usedTexts(): Map<string, Set<number>>;
export function bundleText(): string;
