export function withCompiled<R>(body: (folder: string) => R | PromiseLike<R>): Promise<R>;
