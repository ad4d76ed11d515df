import { once, table } from "./table.ts";

/**
 * Advanced SIMD (ARM ARM A7.4, A7.7): integer, single precision, and what moves elements. No half precision, no polynomials of 64
 * bits. In Thumb the first byte is another: 1111001u is 111u1111, 11110100 is 11111001.
 *
 * Syntax: <T> is the type of the elements by the fields u and z, <I> without sign, <S> always signed, <z> the size alone; <2T> <2I>
 * the type twice as wide. <Vd> <Vn> <Vm> are d or q registers by the field q; <Qd> <Dd> and so on are one or the other. The fields d
 * and m hold D:Vd and M:Vm, n holds Vn:N as in vfp.table.ts.
 */
// One line per encoding, like the index of a manual.
// prettier-ignore
const data = () => table(32, {
  // Three registers of the same length: A7.4.1
  vhadd: ["VHADD.<T> <Vd>, <Vn>, <Vm>", "1111001u0dzznnnndddd0000nqm0mmmm", "z!=3"],
  vqadd: ["VQADD.<T> <Vd>, <Vn>, <Vm>", "1111001u0dzznnnndddd0000nqm1mmmm"],
  vrhadd: ["VRHADD.<T> <Vd>, <Vn>, <Vm>", "1111001u0dzznnnndddd0001nqm0mmmm", "z!=3"],
  vand_simd: ["VAND <Vd>, <Vn>, <Vm>", "111100100d00nnnndddd0001nqm1mmmm"],
  vbic_simd: ["VBIC <Vd>, <Vn>, <Vm>", "111100100d01nnnndddd0001nqm1mmmm"],
  vorr_simd: ["VORR <Vd>, <Vn>, <Vm>", "111100100d10nnnndddd0001nqm1mmmm"],
  vorn_simd: ["VORN <Vd>, <Vn>, <Vm>", "111100100d11nnnndddd0001nqm1mmmm"],
  veor_simd: ["VEOR <Vd>, <Vn>, <Vm>", "111100110d00nnnndddd0001nqm1mmmm"],
  vbsl: ["VBSL <Vd>, <Vn>, <Vm>", "111100110d01nnnndddd0001nqm1mmmm"],
  vbit: ["VBIT <Vd>, <Vn>, <Vm>", "111100110d10nnnndddd0001nqm1mmmm"],
  vbif: ["VBIF <Vd>, <Vn>, <Vm>", "111100110d11nnnndddd0001nqm1mmmm"],
  vhsub: ["VHSUB.<T> <Vd>, <Vn>, <Vm>", "1111001u0dzznnnndddd0010nqm0mmmm", "z!=3"],
  vqsub: ["VQSUB.<T> <Vd>, <Vn>, <Vm>", "1111001u0dzznnnndddd0010nqm1mmmm"],
  vcgt: ["VCGT.<T> <Vd>, <Vn>, <Vm>", "1111001u0dzznnnndddd0011nqm0mmmm", "z!=3"],
  vcge: ["VCGE.<T> <Vd>, <Vn>, <Vm>", "1111001u0dzznnnndddd0011nqm1mmmm", "z!=3"],
  vshl_reg: ["VSHL.<T> <Vd>, <Vm>, <Vn>", "1111001u0dzznnnndddd0100nqm0mmmm"],
  vqshl_reg: ["VQSHL.<T> <Vd>, <Vm>, <Vn>", "1111001u0dzznnnndddd0100nqm1mmmm"],
  vrshl: ["VRSHL.<T> <Vd>, <Vm>, <Vn>", "1111001u0dzznnnndddd0101nqm0mmmm"],
  vqrshl: ["VQRSHL.<T> <Vd>, <Vm>, <Vn>", "1111001u0dzznnnndddd0101nqm1mmmm"],
  vmax: ["VMAX.<T> <Vd>, <Vn>, <Vm>", "1111001u0dzznnnndddd0110nqm0mmmm", "z!=3"],
  vmin: ["VMIN.<T> <Vd>, <Vn>, <Vm>", "1111001u0dzznnnndddd0110nqm1mmmm", "z!=3"],
  vabd: ["VABD.<T> <Vd>, <Vn>, <Vm>", "1111001u0dzznnnndddd0111nqm0mmmm", "z!=3"],
  vaba: ["VABA.<T> <Vd>, <Vn>, <Vm>", "1111001u0dzznnnndddd0111nqm1mmmm", "z!=3"],
  vadd_simd: ["VADD.<I> <Vd>, <Vn>, <Vm>", "111100100dzznnnndddd1000nqm0mmmm"],
  vsub_simd: ["VSUB.<I> <Vd>, <Vn>, <Vm>", "111100110dzznnnndddd1000nqm0mmmm"],
  vtst: ["VTST.<z> <Vd>, <Vn>, <Vm>", "111100100dzznnnndddd1000nqm1mmmm", "z!=3"],
  vceq: ["VCEQ.<I> <Vd>, <Vn>, <Vm>", "111100110dzznnnndddd1000nqm1mmmm", "z!=3"],
  vmla_simd: ["VMLA.<I> <Vd>, <Vn>, <Vm>", "111100100dzznnnndddd1001nqm0mmmm", "z!=3"],
  vmls_simd: ["VMLS.<I> <Vd>, <Vn>, <Vm>", "111100110dzznnnndddd1001nqm0mmmm", "z!=3"],
  vmul_simd: ["VMUL.<I> <Vd>, <Vn>, <Vm>", "111100100dzznnnndddd1001nqm1mmmm", "z!=3"],
  vmul_poly: ["VMUL.P8 <Vd>, <Vn>, <Vm>", "111100110d00nnnndddd1001nqm1mmmm"],
  vpmax: ["VPMAX.<T> <Dd>, <Dn>, <Dm>", "1111001u0dzznnnndddd1010n0m0mmmm", "z!=3"],
  vpmin: ["VPMIN.<T> <Dd>, <Dn>, <Dm>", "1111001u0dzznnnndddd1010n0m1mmmm", "z!=3"],
  vqdmulh: ["VQDMULH.<S> <Vd>, <Vn>, <Vm>", "111100100dzznnnndddd1011nqm0mmmm", "z!=0,3"],
  vqrdmulh: ["VQRDMULH.<S> <Vd>, <Vn>, <Vm>", "111100110dzznnnndddd1011nqm0mmmm", "z!=0,3"],
  vpadd: ["VPADD.<I> <Dd>, <Dn>, <Dm>", "111100100dzznnnndddd1011n0m1mmmm", "z!=3"],
  vfma_simd: ["VFMA.F32 <Vd>, <Vn>, <Vm>", "111100100d00nnnndddd1100nqm1mmmm"],
  vfms_simd: ["VFMS.F32 <Vd>, <Vn>, <Vm>", "111100100d10nnnndddd1100nqm1mmmm"],
  vadd_f: ["VADD.F32 <Vd>, <Vn>, <Vm>", "111100100d00nnnndddd1101nqm0mmmm"],
  vsub_f: ["VSUB.F32 <Vd>, <Vn>, <Vm>", "111100100d10nnnndddd1101nqm0mmmm"],
  vpadd_f: ["VPADD.F32 <Dd>, <Dn>, <Dm>", "111100110d00nnnndddd1101n0m0mmmm"],
  vabd_f: ["VABD.F32 <Vd>, <Vn>, <Vm>", "111100110d10nnnndddd1101nqm0mmmm"],
  vmla_f: ["VMLA.F32 <Vd>, <Vn>, <Vm>", "111100100d00nnnndddd1101nqm1mmmm"],
  vmls_f: ["VMLS.F32 <Vd>, <Vn>, <Vm>", "111100100d10nnnndddd1101nqm1mmmm"],
  vmul_f: ["VMUL.F32 <Vd>, <Vn>, <Vm>", "111100110d00nnnndddd1101nqm1mmmm"],
  vceq_f: ["VCEQ.F32 <Vd>, <Vn>, <Vm>", "111100100d00nnnndddd1110nqm0mmmm"],
  vcge_f: ["VCGE.F32 <Vd>, <Vn>, <Vm>", "111100110d00nnnndddd1110nqm0mmmm"],
  vcgt_f: ["VCGT.F32 <Vd>, <Vn>, <Vm>", "111100110d10nnnndddd1110nqm0mmmm"],
  vacge: ["VACGE.F32 <Vd>, <Vn>, <Vm>", "111100110d00nnnndddd1110nqm1mmmm"],
  vacgt: ["VACGT.F32 <Vd>, <Vn>, <Vm>", "111100110d10nnnndddd1110nqm1mmmm"],
  vmax_f: ["VMAX.F32 <Vd>, <Vn>, <Vm>", "111100100d00nnnndddd1111nqm0mmmm"],
  vmin_f: ["VMIN.F32 <Vd>, <Vn>, <Vm>", "111100100d10nnnndddd1111nqm0mmmm"],
  vpmax_f: ["VPMAX.F32 <Dd>, <Dn>, <Dm>", "111100110d00nnnndddd1111n0m0mmmm"],
  vpmin_f: ["VPMIN.F32 <Dd>, <Dn>, <Dm>", "111100110d10nnnndddd1111n0m0mmmm"],
  vrecps: ["VRECPS.F32 <Vd>, <Vn>, <Vm>", "111100100d00nnnndddd1111nqm1mmmm"],
  vrsqrts: ["VRSQRTS.F32 <Vd>, <Vn>, <Vm>", "111100100d10nnnndddd1111nqm1mmmm"],

  // Three registers of different lengths: A7.4.2
  vaddl: ["VADDL.<T> <Qd>, <Dn>, <Dm>", "1111001u1dzznnnndddd0000n0m0mmmm", "z!=3"],
  vaddw: ["VADDW.<T> <Qd>, <Qn>, <Dm>", "1111001u1dzznnnndddd0001n0m0mmmm", "z!=3"],
  vsubl: ["VSUBL.<T> <Qd>, <Dn>, <Dm>", "1111001u1dzznnnndddd0010n0m0mmmm", "z!=3"],
  vsubw: ["VSUBW.<T> <Qd>, <Qn>, <Dm>", "1111001u1dzznnnndddd0011n0m0mmmm", "z!=3"],
  vaddhn: ["VADDHN.<2I> <Dd>, <Qn>, <Qm>", "111100101dzznnnndddd0100n0m0mmmm", "z!=3"],
  vraddhn: ["VRADDHN.<2I> <Dd>, <Qn>, <Qm>", "111100111dzznnnndddd0100n0m0mmmm", "z!=3"],
  vabal: ["VABAL.<T> <Qd>, <Dn>, <Dm>", "1111001u1dzznnnndddd0101n0m0mmmm", "z!=3"],
  vsubhn: ["VSUBHN.<2I> <Dd>, <Qn>, <Qm>", "111100101dzznnnndddd0110n0m0mmmm", "z!=3"],
  vrsubhn: ["VRSUBHN.<2I> <Dd>, <Qn>, <Qm>", "111100111dzznnnndddd0110n0m0mmmm", "z!=3"],
  vabdl: ["VABDL.<T> <Qd>, <Dn>, <Dm>", "1111001u1dzznnnndddd0111n0m0mmmm", "z!=3"],
  vmlal: ["VMLAL.<T> <Qd>, <Dn>, <Dm>", "1111001u1dzznnnndddd1000n0m0mmmm", "z!=3"],
  vmlsl: ["VMLSL.<T> <Qd>, <Dn>, <Dm>", "1111001u1dzznnnndddd1010n0m0mmmm", "z!=3"],
  vqdmlal: ["VQDMLAL.<S> <Qd>, <Dn>, <Dm>", "111100101dzznnnndddd1001n0m0mmmm", "z!=0,3"],
  vqdmlsl: ["VQDMLSL.<S> <Qd>, <Dn>, <Dm>", "111100101dzznnnndddd1011n0m0mmmm", "z!=0,3"],
  vmull: ["VMULL.<T> <Qd>, <Dn>, <Dm>", "1111001u1dzznnnndddd1100n0m0mmmm", "z!=3"],
  vqdmull: ["VQDMULL.<S> <Qd>, <Dn>, <Dm>", "111100101dzznnnndddd1101n0m0mmmm", "z!=0,3"],
  vmull_poly: ["VMULL.P8 <Qd>, <Dn>, <Dm>", "111100101d00nnnndddd1110n0m0mmmm"],

  // Two registers and a scalar: A7.4.3
  vmla_lane: ["VMLA.<I> <Vd>, <Vn>, <lane>", "1111001q1dzznnnndddd0000n1m0mmmm", "z!=0,3"],
  vmla_lane_f: ["VMLA.F32 <Vd>, <Vn>, <lane>", "1111001q1d10nnnndddd0001n1m0mmmm"],
  vmlal_lane: ["VMLAL.<T> <Qd>, <Dn>, <lane>", "1111001u1dzznnnndddd0010n1m0mmmm", "z!=0,3"],
  vqdmlal_lane: ["VQDMLAL.<S> <Qd>, <Dn>, <lane>", "111100101dzznnnndddd0011n1m0mmmm", "z!=0,3"],
  vmls_lane: ["VMLS.<I> <Vd>, <Vn>, <lane>", "1111001q1dzznnnndddd0100n1m0mmmm", "z!=0,3"],
  vmls_lane_f: ["VMLS.F32 <Vd>, <Vn>, <lane>", "1111001q1d10nnnndddd0101n1m0mmmm"],
  vmlsl_lane: ["VMLSL.<T> <Qd>, <Dn>, <lane>", "1111001u1dzznnnndddd0110n1m0mmmm", "z!=0,3"],
  vqdmlsl_lane: ["VQDMLSL.<S> <Qd>, <Dn>, <lane>", "111100101dzznnnndddd0111n1m0mmmm", "z!=0,3"],
  vmul_lane: ["VMUL.<I> <Vd>, <Vn>, <lane>", "1111001q1dzznnnndddd1000n1m0mmmm", "z!=0,3"],
  vmul_lane_f: ["VMUL.F32 <Vd>, <Vn>, <lane>", "1111001q1d10nnnndddd1001n1m0mmmm"],
  vmull_lane: ["VMULL.<T> <Qd>, <Dn>, <lane>", "1111001u1dzznnnndddd1010n1m0mmmm", "z!=0,3"],
  vqdmull_lane: ["VQDMULL.<S> <Qd>, <Dn>, <lane>", "111100101dzznnnndddd1011n1m0mmmm", "z!=0,3"],
  vqdmulh_lane: ["VQDMULH.<S> <Vd>, <Vn>, <lane>", "1111001q1dzznnnndddd1100n1m0mmmm", "z!=0,3"],
  vqrdmulh_lane: ["VQRDMULH.<S> <Vd>, <Vn>, <lane>", "1111001q1dzznnnndddd1101n1m0mmmm", "z!=0,3"],

  // One register and a modified immediate: A7.4.6; before the shifts, which have other values of the field i
  vmov_constant: ["V<modified> <Vd>, #<expanded>", "1111001i1d000iiiddddkkkk0qp1iiii"],

  // Two registers and a shift amount: A7.4.4; i is imm6:L
  vshr: ["VSHR.<Ts> <Vd>, <Vm>, #<right>", "1111001u1diiiiiidddd0000iqm1mmmm"],
  vsra: ["VSRA.<Ts> <Vd>, <Vm>, #<right>", "1111001u1diiiiiidddd0001iqm1mmmm"],
  vrshr: ["VRSHR.<Ts> <Vd>, <Vm>, #<right>", "1111001u1diiiiiidddd0010iqm1mmmm"],
  vrsra: ["VRSRA.<Ts> <Vd>, <Vm>, #<right>", "1111001u1diiiiiidddd0011iqm1mmmm"],
  vsri: ["VSRI.<zs> <Vd>, <Vm>, #<right>", "111100111diiiiiidddd0100iqm1mmmm"],
  vshl_imm: ["VSHL.<Is> <Vd>, <Vm>, #<left>", "111100101diiiiiidddd0101iqm1mmmm"],
  vsli: ["VSLI.<zs> <Vd>, <Vm>, #<left>", "111100111diiiiiidddd0101iqm1mmmm"],
  vqshlu: ["VQSHLU.<Ss> <Vd>, <Vm>, #<left>", "111100111diiiiiidddd0110iqm1mmmm"],
  vqshl_imm: ["VQSHL.<Ts> <Vd>, <Vm>, #<left>", "1111001u1diiiiiidddd0111iqm1mmmm"],
  vshrn: ["VSHRN.<2Is> <Dd>, <Qm>, #<right>", "111100101diiiiiidddd100000m1mmmm"],
  vrshrn: ["VRSHRN.<2Is> <Dd>, <Qm>, #<right>", "111100101diiiiiidddd100001m1mmmm"],
  vqshrun: ["VQSHRUN.<2Ss> <Dd>, <Qm>, #<right>", "111100111diiiiiidddd100000m1mmmm"],
  vqrshrun: ["VQRSHRUN.<2Ss> <Dd>, <Qm>, #<right>", "111100111diiiiiidddd100001m1mmmm"],
  vqshrn: ["VQSHRN.<2Ts> <Dd>, <Qm>, #<right>", "1111001u1diiiiiidddd100100m1mmmm"],
  vqrshrn: ["VQRSHRN.<2Ts> <Dd>, <Qm>, #<right>", "1111001u1diiiiiidddd100101m1mmmm"],
  vshll: ["VSHLL.<Ts> <Qd>, <Dm>, #<left>", "1111001u1diiiiiidddd101000m1mmmm"],
  vcvt_fixed_simd: ["VCVT.<fixed2> <Vd>, <Vm>, #<fbits>", "1111001u1d1iiiiidddd111p0qm1mmmm"],

  // Two registers, miscellaneous: A7.4.5
  vrev64: ["VREV64.<z> <Vd>, <Vm>", "111100111d11zz00dddd00000qm0mmmm", "z!=3"],
  vrev32: ["VREV32.<z> <Vd>, <Vm>", "111100111d11zz00dddd00001qm0mmmm", "z!=2,3"],
  vrev16: ["VREV16.<z> <Vd>, <Vm>", "111100111d110000dddd00010qm0mmmm"],
  vpaddl: ["VPADDL.<T> <Vd>, <Vm>", "111100111d11zz00dddd0010uqm0mmmm", "z!=3"],
  vcls: ["VCLS.<S> <Vd>, <Vm>", "111100111d11zz00dddd01000qm0mmmm", "z!=3"],
  vclz: ["VCLZ.<I> <Vd>, <Vm>", "111100111d11zz00dddd01001qm0mmmm", "z!=3"],
  vcnt: ["VCNT.8 <Vd>, <Vm>", "111100111d110000dddd01010qm0mmmm"],
  vmvn_simd: ["VMVN <Vd>, <Vm>", "111100111d110000dddd01011qm0mmmm"],
  vpadal: ["VPADAL.<T> <Vd>, <Vm>", "111100111d11zz00dddd0110uqm0mmmm", "z!=3"],
  vqabs: ["VQABS.<S> <Vd>, <Vm>", "111100111d11zz00dddd01110qm0mmmm", "z!=3"],
  vqneg: ["VQNEG.<S> <Vd>, <Vm>", "111100111d11zz00dddd01111qm0mmmm", "z!=3"],
  vcgt_zero: ["VCGT.<S> <Vd>, <Vm>, #0", "111100111d11zz01dddd00000qm0mmmm", "z!=3"],
  vcge_zero: ["VCGE.<S> <Vd>, <Vm>, #0", "111100111d11zz01dddd00001qm0mmmm", "z!=3"],
  vceq_zero: ["VCEQ.<I> <Vd>, <Vm>, #0", "111100111d11zz01dddd00010qm0mmmm", "z!=3"],
  vcle_zero: ["VCLE.<S> <Vd>, <Vm>, #0", "111100111d11zz01dddd00011qm0mmmm", "z!=3"],
  vclt_zero: ["VCLT.<S> <Vd>, <Vm>, #0", "111100111d11zz01dddd00100qm0mmmm", "z!=3"],
  vabs_simd: ["VABS.<S> <Vd>, <Vm>", "111100111d11zz01dddd00110qm0mmmm", "z!=3"],
  vneg_simd: ["VNEG.<S> <Vd>, <Vm>", "111100111d11zz01dddd00111qm0mmmm", "z!=3"],
  vcgt_zero_f: ["VCGT.F32 <Vd>, <Vm>, #0", "111100111d111001dddd01000qm0mmmm"],
  vcge_zero_f: ["VCGE.F32 <Vd>, <Vm>, #0", "111100111d111001dddd01001qm0mmmm"],
  vceq_zero_f: ["VCEQ.F32 <Vd>, <Vm>, #0", "111100111d111001dddd01010qm0mmmm"],
  vcle_zero_f: ["VCLE.F32 <Vd>, <Vm>, #0", "111100111d111001dddd01011qm0mmmm"],
  vclt_zero_f: ["VCLT.F32 <Vd>, <Vm>, #0", "111100111d111001dddd01100qm0mmmm"],
  vabs_f: ["VABS.F32 <Vd>, <Vm>", "111100111d111001dddd01110qm0mmmm"],
  vneg_f: ["VNEG.F32 <Vd>, <Vm>", "111100111d111001dddd01111qm0mmmm"],
  vswp: ["VSWP <Vd>, <Vm>", "111100111d110010dddd00000qm0mmmm"],
  vtrn: ["VTRN.<z> <Vd>, <Vm>", "111100111d11zz10dddd00001qm0mmmm", "z!=3"],
  vuzp: ["VUZP.<z> <Vd>, <Vm>", "111100111d11zz10dddd00010qm0mmmm", "z!=3"],
  vzip: ["VZIP.<z> <Vd>, <Vm>", "111100111d11zz10dddd00011qm0mmmm", "z!=3"],
  vmovn: ["VMOVN.<2I> <Dd>, <Qm>", "111100111d11zz10dddd001000m0mmmm", "z!=3"],
  vqmovun: ["VQMOVUN.<2S> <Dd>, <Qm>", "111100111d11zz10dddd001001m0mmmm", "z!=3"],
  vqmovn: ["VQMOVN.<2T> <Dd>, <Qm>", "111100111d11zz10dddd00101um0mmmm", "z!=3"],
  vshll_max: ["VSHLL.<I> <Qd>, <Dm>, #<z>", "111100111d11zz10dddd001100m0mmmm", "z!=3"],
  vrecpe: ["VRECPE.<u32f> <Vd>, <Vm>", "111100111d111011dddd010f0qm0mmmm"],
  vrsqrte: ["VRSQRTE.<u32f> <Vd>, <Vm>", "111100111d111011dddd010f1qm0mmmm"],
  vcvt_simd: ["VCVT.<convert> <Vd>, <Vm>", "111100111d111011dddd011puqm0mmmm"],

  vext: ["VEXT.8 <Vd>, <Vn>, <Vm>, #<i>", "111100101d11nnnnddddiiiinqm0mmmm"],
  vtbl: ["VTBL.8 <Dd>, <table>, <Dm>", "111100111d11nnnndddd10lln0m0mmmm"],
  vtbx: ["VTBX.8 <Dd>, <table>, <Dm>", "111100111d11nnnndddd10lln1m0mmmm"],
  vdup_lane: ["VDUP.<laneSize> <Vd>, <Dm[x]>", "111100111d11iiiidddd11000qm0mmmm", "i!=0,8"],
});

/** Element and structure load and store: A7.7. */
// prettier-ignore
const memory = () => table(32, {
  vst_multiple: ["VST<n>.<zz> <registers2>, <address>", "111101000d00nnnnddddtttteeaarrrr"],
  vld_multiple: ["VLD<n>.<zz> <registers2>, <address>", "111101000d10nnnnddddtttteeaarrrr"],
  vld_all: ["VLD<n>.<zz> <registers2>, <address>", "111101001d10nnnndddd11tteesarrrr"],
  vst_lane: ["VST<n>.<zz> <registers2>, <address>", "111101001d00nnnnddddeettiiiirrrr", "e!=3"],
  vld_lane: ["VLD<n>.<zz> <registers2>, <address>", "111101001d10nnnnddddeettiiiirrrr", "e!=3"],
});

/** Between core registers and elements, as VMOV of vfp.table.ts has them for words: A7.8. */
// prettier-ignore
const transfer = () => table(32, {
  vmov_to_byte: ["VMOV<c>.8 <Dn>[<x>], <Rt>", "cccc111001x0nnnntttt1011nxx10000", "t!=15"],
  vmov_to_half: ["VMOV<c>.16 <Dn>[<x>], <Rt>", "cccc111000x0nnnntttt1011nx110000", "t!=15"],
  vmov_from_byte: ["VMOV<c>.<us>8 <Rt>, <Dn>[<x>]", "cccc1110u1x1nnnntttt1011nxx10000", "t!=15"],
  vmov_from_half: ["VMOV<c>.<us>16 <Rt>, <Dn>[<x>]", "cccc1110u0x1nnnntttt1011nx110000", "t!=15"],
  vdup_core: ["VDUP<c>.<be> <Vn>, <Rt>", "cccc11101bq0nnnntttt1011n0e10000", "t!=15"],
});

/** In the form of A32, which `asA32` gives Thumb instructions, too. Made when the first such instruction is met. */
export const neon = once(() => ({ ...data(), ...memory(), ...transfer() }));
export type Neon = ReturnType<typeof neon>;

/** The A32 form of a 32-bit Thumb instruction when it is one of these, else 0. */
export function asA32(word: number): number {
  if ((word & 0xef000000) >>> 0 === 0xef000000)
    return 0xf2000000 | ((word >>> 4) & 0x01000000) | (word & 0xffffff);
  if (word >>> 24 === 0xf9) return 0xf4000000 | (word & 0xffffff);
  return word >>> 24 === 0xee ? word : 0;
}
