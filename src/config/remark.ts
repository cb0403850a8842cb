/** One text of the configuration: the site's file or a profile. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** A way into a configuration text: `["devices", 0, "link"]`. */
export type Path = readonly (string | number)[];

/** A place in a file, both counted from 1. */
interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Something to be said about a configuration, in one sentence, at its line. A mistake keeps the whole from being
 * applied; a note does not.
 */
export interface Remark extends Position {
  readonly severity: "mistake" | "note";
  /** `devices[0].link.serial`, or empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Finds the line of a path, or of the nearest thing above it that is there. */
export type Locate = (path: Path) => Position;

/** `devices[0].link.serial`; keys that are no plain words stand in brackets. */
export function pathText(path: Path): string {
  return path
    .map((step, i) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return i === 0 ? step : `.${step}`;
    })
    .join("");
}

export function mistake(locate: Locate, path: Path, message: string): Remark {
  return { severity: "mistake", ...locate(path), path: pathText(path), message };
}

export function note(locate: Locate, path: Path, message: string): Remark {
  return { severity: "note", ...locate(path), path: pathText(path), message };
}

/** `site.yaml:12:5  devices[0].place: There is no place “exam-9”.` */
export function remarkText(remark: Remark): string {
  const where = `${remark.file}:${remark.line}:${remark.column}`;
  return `${where}  ${remark.path === "" ? "" : `${remark.path}: `}${remark.message}`;
}
