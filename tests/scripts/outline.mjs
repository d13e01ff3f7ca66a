// Taking parts out of functions changes nothing of what they do: each of these functions gives the same for all it is given,
// whichever of its segments are said not to run.
import assert from "node:assert/strict";
import binaryen from "binaryen";
import { outline } from "../../scripts/outline.mjs";
import { survey } from "../../scripts/regions.mjs";
import { mark } from "../../scripts/split.mjs";

/** Functions of two numbers: ways to jump, to return, to hand things back, to go round. */
const functions = {
  "an arm falls through and writes two locals": `
    (local i32 i64)
    (if (i32.gt_s (local.get 0) (i32.const 3))
      (then
        (local.set 2 (i32.mul (local.get 0) (i32.const 7)))
        (local.set 3 (i64.extend_i32_s (i32.add (local.get 2) (local.get 1))))
        (local.set 2 (i32.add (local.get 2) (i32.const 1)))))
    (i32.add (local.get 2) (i32.wrap_i64 (local.get 3)))`,
  "a part returns or jumps out of one of two blocks": `
    (block $out
      (block $near
        (br_if $near (i32.lt_s (local.get 0) (i32.const 2)))
        (local.set 1 (i32.add (local.get 1) (i32.const 11)))
        (br_if $out (i32.eq (local.get 0) (i32.const 2)))
        (if (i32.eq (local.get 0) (i32.const 4))
          (then (return (i32.mul (local.get 1) (i32.const 3)))))
        (local.set 1 (i32.sub (local.get 1) (local.get 0)))
        (br_if $near (i32.eq (local.get 0) (i32.const 5)))
        (local.set 1 (i32.mul (local.get 1) (i32.const 5))))
      (local.set 1 (i32.add (local.get 1) (i32.const 100)))
      (local.set 1 (i32.xor (local.get 1) (local.get 0))))
    (i32.add (local.get 1) (i32.const 1))`,
  "a loop goes on from inside and from a table": `
    (local i32)
    (loop $again
      (local.set 2 (i32.add (local.get 2) (i32.const 1)))
      (block $b
        (block $a
          (br_table $a $b $again $b (i32.rem_u (local.get 2) (i32.const 4))))
        (local.set 1 (i32.add (i32.mul (local.get 1) (i32.const 3)) (local.get 2)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1))))
      (local.set 1 (i32.xor (local.get 1) (i32.shl (local.get 2) (i32.const 2))))
      (br_if $again (i32.and (i32.gt_s (local.get 0) (i32.const 0)) (i32.lt_s (local.get 2) (i32.const 50)))))
    (local.get 1)`,
  "what a round wrote the next one reads": `
    (local i32 i32)
    (loop $again
      (if (i32.and (local.get 0) (i32.const 1))
        (then
          (local.set 3 (i32.add (i32.mul (local.get 3) (i32.const 5)) (local.get 2)))
          (local.set 1 (i32.add (local.get 1) (local.get 3)))
          (local.set 1 (i32.rotl (local.get 1) (i32.const 3))))
        (else
          (local.set 1 (i32.sub (local.get 1) (i32.const 9)))
          (local.set 1 (i32.xor (local.get 1) (i32.mul (local.get 2) (i32.const 13))))))
      (local.set 0 (i32.shr_u (local.get 0) (i32.const 1)))
      (local.set 2 (i32.add (local.get 2) (i32.const 1)))
      (br_if $again (local.get 0)))
    (local.get 1)`,
  "a part traps": `
    (if (i32.eq (local.get 0) (i32.const 6))
      (then
        (i32.store (i32.const 0) (local.get 1))
        (i32.store (i32.const 4) (i32.mul (local.get 1) (local.get 0)))
        (unreachable)))
    (i32.add (i32.load (i32.const 4)) (local.get 0))`,
  "floats and long numbers come back": `
    (local f64 f32 i64)
    (if (i32.and (local.get 1) (i32.const 2))
      (then
        (local.set 2 (f64.div (f64.convert_i32_s (local.get 0)) (f64.const 3)))
        (local.set 3 (f32.demote_f64 (local.get 2)))
        (local.set 4 (i64.mul (i64.extend_i32_s (local.get 1)) (i64.const 5000000000)))))
    (i32.add
      (i32.trunc_sat_f64_s (f64.mul (f64.add (local.get 2) (f64.promote_f32 (local.get 3))) (f64.const 1000)))
      (i32.wrap_i64 (i64.shr_s (local.get 4) (i64.const 7))))`,
  "a part may leave as it was what it hands back": `
    (local i32)
    (local.set 2 (i32.const 77))
    (block $out
      (if (i32.gt_s (local.get 0) (i32.const 1))
        (then
          (if (i32.gt_s (local.get 0) (i32.const 4))
            (then (local.set 2 (i32.mul (local.get 0) (i32.const 3)))))
          (local.set 1 (i32.add (i32.mul (local.get 1) (i32.const 9)) (i32.const 4)))
          (br_if $out (i32.eq (local.get 0) (i32.const 7)))
          (local.set 1 (i32.xor (local.get 1) (i32.shl (local.get 0) (i32.const 3))))
          (if (i32.eq (local.get 0) (i32.const 12))
            (then (local.set 2 (i32.const 5)) (br $out)))
          (local.set 1 (i32.add (local.get 1) (i32.const 1))))))
    (i32.add (local.get 1) (local.get 2))`,
  "a value on a block stays where it is": `
    (i32.add (local.get 1)
      (block $value (result i32)
        (drop (br_if $value (i32.const 40) (i32.lt_s (local.get 0) (i32.const 1))))
        (if (i32.gt_s (local.get 0) (i32.const 2))
          (then
            (local.set 1 (i32.mul (i32.add (local.get 1) (i32.const 2)) (i32.const 6)))
            (local.set 1 (i32.sub (local.get 1) (i32.mul (local.get 0) (local.get 0))))))
        (drop (br_if $value (local.get 1) (i32.eq (local.get 0) (i32.const 3))))
        (i32.mul (local.get 1) (i32.const 2))))`,
};
const given = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 12, 1000].flatMap((one) => [0, 1, 3, -8].map((other) => [one, other]));

function parsed(body) {
  const module = binaryen.parseText(`(module (memory (export "m") 1) (func $f (export "f") (param i32 i32) (result i32) ${body}))`);
  module.setFeatures(binaryen.Features.All);
  return module;
}

/** What a function gives for all that it is given, each time with fresh memory. */
function told(module) {
  assert.ok(module.validate());
  const compiled = new WebAssembly.Module(module.emitBinary());
  return given.map((numbers) => {
    const { f, m } = new WebAssembly.Instance(compiled).exports;
    let answer;
    try {
      answer = f(...numbers);
    } catch (error) {
      answer = String(error);
    }
    return `${answer} ${new Int32Array(m.buffer, 0, 2)}`;
  });
}

let [passed, all] = [0, 0];
for (const [name, body] of Object.entries(functions)) {
  let taken = 0;
  const before = told(parsed(body));
  assert.ok(new Set(before).size > 3, `${name}: the function tells apart what it is given`);
  const segments = survey(binaryen.Function.getBody(parsed(body).getFunction("f"))).segments.length;
  for (let mask = 0; mask < 2 ** Math.min(segments - 1, 10); mask += 1) {
    const module = parsed(body);
    const found = survey(binaryen.Function.getBody(module.getFunction("f")));
    // What stands in a segment that does not run does not run either.
    const cold = (segment) => segment > 0 && (((mask >> (segment - 1)) & 1) === 1 || cold(found.segments[segment].list.around));
    taken += outline(module, "f", found, cold, 0).length;
    assert.deepEqual(told(module), before, `${name}, without ${mask.toString(2)}`);
    module.dispose();
  }
  assert.ok(taken > 0, `${name}: parts were taken out`);
  all += taken;
  passed += 1;
}
// A build may make a generic function for another crate, and compile crates under other names: that is the same function.
const join = "_RINvNtCs5cOc02OMXlo_5alloc3str17join_generic_copyehNtNtB4_6string6StringE";
assert.equal(mark(`${join}Csbhdxa_5rstml`), mark(`${join.replace("5cOc02OMXlo", "Zz9")}Cs58T7sA_20daemonset_playground`));
assert.notEqual(mark("_RNvNtCs58T_4play3app5paint"), mark("_RNvNtCs58T_4play3app5print"));
assert.notEqual(mark(`${join}Cs1_1a`), mark(`${join.replace("hNt", "tNt")}Cs1_1a`));
passed += 1;
console.log(`${all} parts taken out of ${passed - 1} functions`);
console.log(`test result: ok. ${passed} passed; 0 failed`);
