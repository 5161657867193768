import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ts } from 'ts-morph';
import { LIBRARIES, libraryText } from '../../src/analysis/libraries.ts';

/** TypeScript's own verdict on the files of a tsconfig.json, some of which may have another text than on disk. */
export class TypeCheck {
  readonly #parsed: ts.ParsedCommandLine;
  readonly #host: ts.CompilerHost;
  readonly #texts = new Map<string, string>();
  readonly #files = new Map<string, ts.SourceFile>();
  #program: ts.Program | undefined;

  constructor(config: string) {
    const { config: content } = ts.readConfigFile(config, ts.sys.readFile);
    this.#parsed = ts.parseJsonConfigFileContent(content, ts.sys, path.dirname(config), {
      noEmit: true,
      skipLibCheck: true,
    });
    const host = ts.createCompilerHost(this.#parsed.options);
    this.#host = {
      ...host,
      getDefaultLibLocation: () => LIBRARIES.slice(0, -1),
      getDefaultLibFileName: (options) => LIBRARIES + ts.getDefaultLibFileName(options),
      fileExists: (file) => libraryText(file) !== undefined || host.fileExists(file),
      getSourceFile: (file, options) => this.#sourceFile(file, options),
    };
  }

  /** Gives a file a text, or its own again. */
  setText(file: string, text: string | undefined): void {
    if (text === undefined) this.#texts.delete(file);
    else this.#texts.set(file, text);
    this.#files.delete(file);
  }

  /** What is wrong in these files, as `name.ts:3 message`. */
  errors(files: Iterable<string>): string[] {
    const program = ts.createProgram({
      rootNames: this.#parsed.fileNames,
      options: this.#parsed.options,
      host: this.#host,
      ...(this.#program && { oldProgram: this.#program }),
    });
    this.#program = program;
    return [...files].flatMap((file) => {
      const source = program.getSourceFile(file) ?? program.getSourceFile(file.replaceAll('\\', '/'));
      if (source === undefined) throw new Error(`${file} is not in the program`);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        (one) => {
          const line = source.getLineAndCharacterOfPosition(one.start ?? 0).line + 1;
          return `${path.basename(file)}:${line} ${ts.flattenDiagnosticMessageText(one.messageText, ' ')}`;
        },
      );
    });
  }

  #sourceFile(
    file: string,
    options: ts.ScriptTarget | ts.CreateSourceFileOptions,
  ): ts.SourceFile | undefined {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const text = libraryText(file) ?? this.#texts.get(file) ?? readFileSync(file, 'utf8');
    const parsed = ts.createSourceFile(file, text, options);
    this.#files.set(file, parsed);
    return parsed;
  }
}
