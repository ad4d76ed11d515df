import { once, table } from "./table.ts";

/**
 * Scalar floating point (ARM ARM A7.5, A7.6, A7.8; FPv5: ARMv8-M C2.4): VFPv3-D32 with fused multiply-add, half precision and the
 * additions of FPv5. The condition is replaced by 1110 in Thumb, the other bits are the same.
 *
 * Syntax: <F> is F32 or F64 by the field z. <Vd> <Vn> <Vm> are registers of that size, <Sd> <Dd> and so on of the size they name.
 * The fields d and m hold D:Vd and M:Vm, n holds Vn:N: a double has the number D:Vd, a single Vd:D.
 */
// One line per encoding, like the index of a manual.
// prettier-ignore
const conditional = () => table(32, {
  // Data processing: A7.5
  vmla: ["VMLA<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11100d00nnnndddd101zn0m0mmmm"],
  vmls: ["VMLS<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11100d00nnnndddd101zn1m0mmmm"],
  vnmls: ["VNMLS<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11100d01nnnndddd101zn0m0mmmm"],
  vnmla: ["VNMLA<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11100d01nnnndddd101zn1m0mmmm"],
  vmul: ["VMUL<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11100d10nnnndddd101zn0m0mmmm"],
  vnmul: ["VNMUL<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11100d10nnnndddd101zn1m0mmmm"],
  vadd: ["VADD<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11100d11nnnndddd101zn0m0mmmm"],
  vsub: ["VSUB<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11100d11nnnndddd101zn1m0mmmm"],
  vdiv: ["VDIV<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11101d00nnnndddd101zn0m0mmmm"],
  vfnms: ["VFNMS<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11101d01nnnndddd101zn0m0mmmm"],
  vfnma: ["VFNMA<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11101d01nnnndddd101zn1m0mmmm"],
  vfma: ["VFMA<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11101d10nnnndddd101zn0m0mmmm"],
  vfms: ["VFMS<c>.<F> <Vd>, <Vn>, <Vm>", "cccc11101d10nnnndddd101zn1m0mmmm"],
  vmov_imm: ["VMOV<c>.<F> <Vd>, #<fp>", "cccc11101d11iiiidddd101z0000iiii"],
  vmov: ["VMOV<c>.<F> <Vd>, <Vm>", "cccc11101d110000dddd101z01m0mmmm"],
  vabs: ["VABS<c>.<F> <Vd>, <Vm>", "cccc11101d110000dddd101z11m0mmmm"],
  vneg: ["VNEG<c>.<F> <Vd>, <Vm>", "cccc11101d110001dddd101z01m0mmmm"],
  vsqrt: ["VSQRT<c>.<F> <Vd>, <Vm>", "cccc11101d110001dddd101z11m0mmmm"],
  vcvt_from_half: ["VCVT<x><c>.<F>.F16 <Vd>, <Sm>", "cccc11101d110010dddd101zx1m0mmmm"],
  vcvt_to_half: ["VCVT<x><c>.F16.<F> <Sd>, <Vm>", "cccc11101d110011dddd101zx1m0mmmm"],
  vcmp: ["VCMP{E}<c>.<F> <Vd>, <Vm>", "cccc11101d110100dddd101ze1m0mmmm"],
  vcmp_zero: ["VCMP{E}<c>.<F> <Vd>, #0.0", "cccc11101d110101dddd101ze1000000"],
  vrintr: ["VRINTR<c>.<F> <Vd>, <Vm>", "cccc11101d110110dddd101z01m0mmmm"],
  vrintz: ["VRINTZ<c>.<F> <Vd>, <Vm>", "cccc11101d110110dddd101z11m0mmmm"],
  vrintx: ["VRINTX<c>.<F> <Vd>, <Vm>", "cccc11101d110111dddd101z01m0mmmm"],
  vcvt_f64_f32: ["VCVT<c>.F64.F32 <Dd>, <Sm>", "cccc11101d110111dddd101011m0mmmm"],
  vcvt_f32_f64: ["VCVT<c>.F32.F64 <Sd>, <Dm>", "cccc11101d110111dddd101111m0mmmm"],
  vcvt_from_int: ["VCVT<c>.<F>.<U32> <Vd>, <Sm>", "cccc11101d111000dddd101zs1m0mmmm"],
  vcvt_to_int: ["VCVT{R}<c>.<U32>.<F> <Sd>, <Vm>", "cccc11101d11110sdddd101zr1m0mmmm"],
  vcvt_from_fixed: ["VCVT<c>.<F>.<fixed> <Vd>, <Vd>, #<fraction>", "cccc11101d11101udddd101zx1i0iiii"],
  vcvt_to_fixed: ["VCVT<c>.<fixed>.<F> <Vd>, <Vd>, #<fraction>", "cccc11101d11111udddd101zx1i0iiii"],

  // Load and store: A7.6
  vpush: ["VPUSH<c> <list>", "cccc11010d101101dddd101ziiiiiiii"],
  vpop: ["VPOP<c> <list>", "cccc11001d111101dddd101ziiiiiiii"],
  vstr: ["VSTR<c> <Vd>, [<Rn>, #+/-<i*4>]", "cccc1101Ud00nnnndddd101ziiiiiiii"],
  vldr: ["VLDR<c> <Vd>, [<Rn>, #+/-<i*4>]", "cccc1101Ud01nnnndddd101ziiiiiiii"],
  vstmia: ["VSTMIA<c> <Rn>{!}, <list>", "cccc11001dW0nnnndddd101ziiiiiiii"],
  vldmia: ["VLDMIA<c> <Rn>{!}, <list>", "cccc11001dW1nnnndddd101ziiiiiiii"],
  vstmdb: ["VSTMDB<c> <Rn>!, <list>", "cccc11010d10nnnndddd101ziiiiiiii", "n!=15"],
  vldmdb: ["VLDMDB<c> <Rn>!, <list>", "cccc11010d11nnnndddd101ziiiiiiii", "n!=15"],

  // Transfers: A7.8, A7.9
  vmov_to_single: ["VMOV<c> <Sn>, <Rt>", "cccc11100000nnnntttt1010n0010000", "t!=15"],
  vmov_from_single: ["VMOV<c> <Rt>, <Sn>", "cccc11100001nnnntttt1010n0010000", "t!=15"],
  vmov_to_lane: ["VMOV<c>.32 <Dn>[<x>], <Rt>", "cccc111000x0nnnntttt1011n0010000", "t!=15"],
  vmov_from_lane: ["VMOV<c>.32 <Rt>, <Dn>[<x>]", "cccc111000x1nnnntttt1011n0010000", "t!=15"],
  vmsr: ["VMSR<c> FPSCR, <Rt>", "cccc111011100001tttt101000010000", "t!=15"],
  vmrs_flags: ["VMRS<c> APSR_nzcv, FPSCR", "cccc1110111100011111101000010000"],
  vmrs: ["VMRS<c> <Rt>, FPSCR", "cccc111011110001tttt101000010000"],
  vmov_to_singles: ["VMOV<c> <Sm>, <Sm+1>, <Rt>, <Rt2>", "cccc11000100uuuutttt101000m1mmmm", "t!=15 u!=15"],
  vmov_from_singles: ["VMOV<c> <Rt>, <Rt2>, <Sm>, <Sm+1>", "cccc11000101uuuutttt101000m1mmmm", "t!=15 u!=15 t!=u"],
  vmov_to_double: ["VMOV<c> <Dm>, <Rt>, <Rt2>", "cccc11000100uuuutttt101100m1mmmm", "t!=15 u!=15"],
  vmov_from_double: ["VMOV<c> <Rt>, <Rt2>, <Dm>", "cccc11000101uuuutttt101100m1mmmm", "t!=15 u!=15 t!=u"],
});

/** FPv5: no condition, the same bits in Thumb. */
// prettier-ignore
const unconditional = () => table(32, {
  vsel: ["VSEL<cc>.<F> <Vd>, <Vn>, <Vm>", "111111100dyynnnndddd101zn0m0mmmm"],
  vmaxnm: ["VMAXNM.<F> <Vd>, <Vn>, <Vm>", "111111101d00nnnndddd101zn0m0mmmm"],
  vminnm: ["VMINNM.<F> <Vd>, <Vn>, <Vm>", "111111101d00nnnndddd101zn1m0mmmm"],
  vrint_direct: ["VRINT<apnm>.<F> <Vd>, <Vm>", "111111101d1110rrdddd101z01m0mmmm"],
  vcvt_direct: ["VCVT<apnm>.<U32>.<F> <Sd>, <Vm>", "111111101d1111rrdddd101zs1m0mmmm"],
});

type Thumb<T> = {
  readonly [K in keyof T]: T[K] extends readonly [infer S, `cccc${infer P}`, ...infer W]
    ? readonly [S, `1110${P}`, ...W]
    : never;
};

function inThumb<T extends object>(rows: T): Thumb<T> {
  const changed = Object.entries(rows).map(([name, [syntax, pattern, ...where]]) => [
    name,
    [syntax, (pattern as string).replace("cccc", "1110"), ...where],
  ]);
  return Object.fromEntries(changed) as Thumb<T>;
}

export const vfpA32 = once(() => ({ ...unconditional(), ...conditional() }));
export const vfpThumb = once(() => ({ ...inThumb(conditional()), ...unconditional() }));
