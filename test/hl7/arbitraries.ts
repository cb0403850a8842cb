import fc from "fast-check";
import type { ComponentList, Field, SegmentContent } from "../../src/hl7/build.ts";
import { standardDelimiters, type WritingDelimiters } from "../../src/hl7/delimiters.ts";

/** Values as a hostile or unlucky source writes them: delimiters, escapes, line ends, anything. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        "|",
        "^",
        "~",
        "\\",
        "&",
        "\r",
        "\n",
        "\u000b",
        "\u001c",
        "X0D",
        "F",
        '"',
        "ZZZ|1",
        ".br",
        "é",
        "5",
      ),
    )
    .map((parts) => parts.join("")),
);

const components: fc.Arbitrary<ComponentList> = fc.array(
  fc.oneof(
    hostileText,
    fc.constant(undefined),
    fc.array(fc.oneof(hostileText, fc.constant(undefined)), { maxLength: 3 }),
  ),
  { maxLength: 4 },
);

const anyField: fc.Arbitrary<Field> = fc.oneof(
  hostileText,
  components,
  fc.array(fc.oneof(hostileText, components), { maxLength: 3 }).map((repetitions) => ({ repetitions })),
);

export const anySegments: fc.Arbitrary<readonly SegmentContent[]> = fc
  .tuple(
    fc.dictionary(fc.integer({ min: 3, max: 12 }).map(String), anyField),
    fc.array(
      fc.record({
        id: fc.constantFrom("PID", "OBR", "OBX", "NTE", "ZV1"),
        fields: fc.dictionary(fc.integer({ min: 1, max: 12 }).map(String), anyField),
      }),
      { maxLength: 5 },
    ),
  )
  .map(([header, others]) => [{ id: "MSH", fields: header }, ...others]);

/** All delimiters that a header may declare, in any legal choice of characters. */
export const anyDelimiters: fc.Arbitrary<WritingDelimiters> = fc.oneof(
  fc.constant(standardDelimiters),
  fc
    .tuple(fc.shuffledSubarray([..."!#$%&'()*+,-./:;<=>?@[]^_`{|}~\\"], { minLength: 6, maxLength: 6 }), fc.boolean())
    .map(
      ([[field = "", component = "", repetition = "", escaping = "", subcomponent = "", truncation = ""], fifth]) => ({
        field,
        component,
        repetition,
        escaping,
        subcomponent,
        ...(fifth ? { truncation } : {}),
      }),
    ),
);
