/** The part of hl7-standard that the tests use: an independent reader, which has no types of its own. */
declare module "hl7-standard" {
  export default class HL7 {
    constructor(text: string, options?: { lineEndings?: string });
    transform(callback?: (error: Error | null) => void): void;
    build(): string;
    get(field: string, index?: number, sectionIndex?: number, subIndex?: number): unknown;
    readonly transformed: Record<string, { type: string; index: number; data: Record<string, unknown> }[]>;
  }
}
