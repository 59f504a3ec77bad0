// Strings. Routines of lib/routines; part of the operation table, Ops.td. Their C++ functions are in namespace weft::strings.

def Weft_StringLowerOp : Weft_Routine<"string_lower"> {
  let summary = "Texts with the letters A to Z as small ones";
  let description = [{Other letters stay as they are. C++: `strings::lower`. TensorFlow `strings.lower`.}];
  let arguments = (ins Weft_Tensor:$x);
  let typeRule = "return of_strings(a, DType::String);";
}
def Weft_StringUpperOp : Weft_Routine<"string_upper"> {
  let summary = "Texts with the letters a to z as capitals";
  let description = [{Other letters stay as they are. C++: `strings::upper`. TensorFlow `strings.upper`.}];
  let arguments = (ins Weft_Tensor:$x);
  let typeRule = "return of_strings(a, DType::String);";
}
def Weft_StringLengthOp : Weft_Routine<"string_length"> {
  let summary = "How long texts are";
  let description = [{
    In bytes, or with `characters` in code points of UTF-8: what is no continuation byte counts. C++: `strings::length`.
    TensorFlow `strings.length`, as int64.
  }];
  let arguments = (ins Weft_Tensor:$x, BoolAttr:$characters);
  let typeRule = "return of_strings(a, DType::Int64);";
}
def Weft_StringSubstrOp : Weft_FailingRoutine<"string_substr"> {
  let summary = "Parts of texts";
  let description = [{
    `length` bytes from `position` on, which counts from the end where it is negative; fewer where the text ends before, and all
    where `length` is negative. A position outside of the text is an IndexError. The operands broadcast. C++:
    `strings::substr`. TensorFlow `strings.substr`.
  }];
  let arguments = (ins Weft_Tensor:$x, Weft_Tensor:$position, Weft_Tensor:$length);
  let typeRule = "return string_substr(a);";
}
def Weft_StringReplaceOp : Weft_Routine<"string_replace"> {
  let summary = "Texts with one part replaced by another";
  let description = [{
    Every occurrence from the left, or only the first; plain text, no pattern. C++: `strings::replace`. Python
    `str.replace`.
  }];
  let arguments = (ins Weft_Tensor:$x, StrAttr:$from, StrAttr:$to, BoolAttr:$all);
  let typeRule = "return string_replace(a);";
}
def Weft_StringToNumberOp : Weft_FailingRoutine<"string_to_number"> {
  let summary = "The numbers that texts show";
  let description = [{
    Decimal, "inf" and "nan" among them, with blanks around; anything else, and what the dtype does not hold, is a CheckError.
    C++: `strings::to_number`. TensorFlow `strings.to_number`.
  }];
  let arguments = (ins Weft_Tensor:$x, TypeAttr:$dtype);
  let typeRule = "return string_to_number(a);";
}
def Weft_AsStringOp : Weft_Routine<"as_string"> {
  let summary = "Numbers and bools as texts";
  let description = [{
    Floating ones as the shortest text that reads back as the same number: "1", "0.1", "1e+20", "inf", "nan"; bools as "true" and
    "false". C++: `strings::as_string`. TensorFlow `strings.as_string`.
  }];
  let arguments = (ins Weft_Tensor:$x);
  let typeRule = "return as_string(a);";
}
def Weft_StringReduceJoinOp : Weft_Routine<"string_reduce_join"> {
  let summary = "Texts joined along axes, in row-major order";
  let description = [{Nothing joined is "". C++: `strings::reduce_join`. TensorFlow `strings.reduce_join`.}];
  let arguments = (ins Weft_Tensor:$x, DenseI64ArrayAttr:$axes, BoolAttr:$keepdims, StrAttr:$separator);
  let typeRule = "return reduction(a, text, same);";
}
def Weft_StringSplitOp : Weft_Routine<"string_split"> {
  let summary = "The parts of a text between separators";
  let description = [{
    Of rank 0; a vector, whose size is found when it runs. With an empty separator the parts are what stands between runs of white
    space, and none is empty. C++: `strings::split`. Python `str.split`.
  }];
  let arguments = (ins Weft_Tensor:$x, StrAttr:$separator);
  let typeRule = "return string_split(a);";
  let findsSizes = 1;
}
