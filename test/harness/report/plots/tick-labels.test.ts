import { expect, test } from "vitest";
import { fitTicks } from "../../../../harness/report/browser/plot/tick-labels.js";

const layoutOf = (...ticktext: string[]) => ({
  height: 300,
  margin: { b: 52, t: 8 },
  xaxis: { type: "linear" },
  xaxis2: { ticktext },
  yaxis: { ticktext: ["a label of a length for which no plot has room"] },
});

test("labels that fit side by side stay as they are", () => {
  const layout = layoutOf("in-domain (5)", "out-domain (4)");
  expect(fitTicks(layout, 390)).toBe(layout);
  expect(fitTicks(layoutOf(), 390)).toEqual(layoutOf());
});

test("others stand upright, with as much more room below, and the ends of very long ones stay", () => {
  const labels = ["in-domain (5)", "what is very long and more (1,234)", "&lt;&amp;&gt; & so (9)"];
  const fitted = fitTicks(layoutOf(...labels), 260) as ReturnType<typeof layoutOf>;
  expect(fitted.xaxis2).toEqual({
    ticktext: ["in-domain (5)", "what is v… (1,234)", "&lt;&amp;&gt; & so (9)"],
    tickangle: -90,
    ticklabeloverflow: "allow",
  });
  const more = 18 * 7 - 24;
  expect(fitted).toMatchObject({ height: 300 + more, margin: { b: 52 + more, t: 8 } });
  expect([fitted.xaxis, fitted.yaxis]).toEqual([layoutOf().xaxis, layoutOf().yaxis]);
});

test("very long ones that would look the same are numbered", () => {
  const labels = ["in-domain (5)", "what is very long: one, and more (8)", "what is very long: two, and more (8)"];
  const { xaxis2 } = fitTicks(layoutOf(...labels), 260) as ReturnType<typeof layoutOf>;
  expect(xaxis2.ticktext).toEqual(["in-domain (5)", "1:what is…more (8)", "2:what is…more (8)"]);
});
