// Operations users do not call by name: constants, effects, fusion groups and buffers. Included by Ops.td.

// Its code branches on a failure that the runtime reports: the block ends behind it.
def Weft_Fails : NativeOpTrait<"FailsAtRunTime"> { let cppNamespace = "::weft"; }

class Weft_InternalOp<string mnemonic, list<Trait> traits = []> : Op<Weft_Dialect, mnemonic, traits>;

// Named resources: passes ask the effects, nothing else.
def Weft_Console : Resource<"::weft::ConsoleResource">;
def Weft_Errors : Resource<"::weft::ErrorResource">;
def Weft_Variables : Resource<"::weft::VariableResource">;
def Weft_Frame : Resource<"::weft::FrameResource">;

def Weft_ConstantOp : Weft_InternalOp<"constant", [Pure, ConstantLike]> {
  let summary = "A small tensor known while tracing; strings are an array of string attributes";
  let arguments = (ins AnyAttr:$value);
  let results = (outs Weft_Tensor:$result);
  let assemblyFormat = "custom<ConstantValue>($value, type($result)) attr-dict";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Weft_PrintOp : Weft_InternalOp<"print", [Weft_Fails, MemoryEffects<[MemWrite<Weft_Console>, MemWrite<Weft_Errors>]>]> {
  let summary = "One line on the console, in tf.print's format; fails when the user's sink throws";
  let arguments = (ins Variadic<AnyType>:$args);
  let assemblyFormat = "($args^ `:` type($args))? attr-dict";
}

def Weft_CheckOp : Weft_InternalOp<"check", [Weft_Fails, MemoryEffects<[MemWrite<Weft_Errors>]>]> {
  let summary = "Ends the call with an error of `kind` (weft::detail::ErrorKind) unless the condition holds";
  let arguments = (ins AnyType:$condition, Variadic<AnyType>:$args, StrAttr:$message, I32Attr:$kind);
  let assemblyFormat = "$condition `,` $message (`(` $args^ `:` type($args) `)`)? `kind` `=` $kind attr-dict `:` type($condition)";
}

def Weft_CheckSizesOp : Weft_InternalOp<"check_sizes", [Weft_Fails, MemoryEffects<[MemWrite<Weft_Errors>]>]> {
  let summary = "Ends the call with an error unless the sizes, found while it runs, fit what was traced"
                " (TracedFunction::size_checks)";
  let arguments = (ins Variadic<Index>:$sizes, I32Attr:$check);
  let assemblyFormat = "$check `(` $sizes `)` attr-dict";
}

// Reads and writes its buffers: never moved, merged or removed.
def Weft_CallRoutineOp
    : Weft_InternalOp<"call_routine", [Weft_Fails, AttrSizedOperandSegments,
                                       MemoryEffects<[MemRead, MemWrite, MemWrite<Weft_Errors>]>]> {
  let summary = "A call of a library routine on buffers and scalars";
  let description = [{
    Result k of the routine is made in `outs[stored[k]]`, or where that is -1 it is one of the results, in order: a scalar, a
    string, or a buffer that the runtime allocates. `attrs` are the routine's own.
  }];
  let arguments = (ins Variadic<AnyType>:$ins, Variadic<AnyMemRef>:$outs, StrAttr:$routine, DenseI32ArrayAttr:$stored,
                       DictionaryAttr:$attrs);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $routine `(` ($ins^ `:` type($ins))? `)` (`outs` `(` $outs^ `:` type($outs) `)`)? `stored` $stored $attrs attr-dict
    (`->` type($results)^)?
  }];
}

def Weft_VariableReadOp : Weft_InternalOp<"variable_read", [Weft_Fails, MemoryEffects<[MemRead<Weft_Variables>]>]> {
  let summary = "The value now of a variable that this function writes";
  let arguments = (ins I32Attr:$variable, StrAttr:$name);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$name `slot` $variable attr-dict `:` type($result)";
}
def Weft_VariableAssignOp : Weft_InternalOp<"variable_assign", [Weft_Fails, MemoryEffects<[MemWrite<Weft_Variables>]>]> {
  let summary = "Sets a variable";
  let arguments = (ins AnyType:$value, I32Attr:$variable, StrAttr:$name);
  let assemblyFormat = "$value `to` $name `slot` $variable attr-dict `:` type($value)";
}

def Weft_YieldOp : Weft_InternalOp<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "Ends the region of weft.fused and weft.parallel";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

def Weft_FusedOp : Weft_InternalOp<"fused", [SingleBlock, IsolatedFromAbove, RecursiveMemoryEffects, RecursivelySpeculatable, AttrSizedOperandSegments]> {
  let summary = "A group of operations that becomes one loop nest";
  let description = [{
    The region holds elementwise, indexed and reduction operations on tensors and scalars and yields what the group computes: either
    tensors of one shape, or reductions over one operand shape and one set of axes. Before buffers exist the results are tensors (or
    scalars, for full reductions). Afterwards `outs` are the buffers written, in the order of the yielded tensors, and only scalar results
    remain results; block arguments keep the tensor type of what a buffer operand holds.
  }];
  let arguments = (ins Variadic<AnyType>:$ins, Variadic<AnyMemRef>:$outs);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`ins` `(` $ins^ `:` type($ins) `)`)? (`outs` `(` $outs^ `:` type($outs) `)`)? $body attr-dict (`->` type($results)^)?
  }];
  let hasVerifier = 1;
}

// Loops whose turns may be shared among threads.
def Weft_ParallelOp : Weft_InternalOp<"parallel", [SingleBlock, RecursiveMemoryEffects]> {
  let summary = "Loops over independent turns from `lower` to `upper`, which threads may share";
  let description = [{
    The region runs turns `begin` to `end`, its arguments, which are `lower` and a multiple of `step`, or `upper`. `work` says how many
    operations on elements all turns are. The region reads and writes elements of numbers and has no other effect; it yields
    conditions, and the results say whether each held in all turns. Of buffers on the stack the turns divide the elements of `divided`
    among themselves; others are only used within a turn.
  }];
  let arguments = (ins Index:$lower, Index:$upper, Index:$work, I64Attr:$step, Variadic<AnyMemRef>:$divided);
  let results = (outs Variadic<I1>:$held);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $lower `to` $upper `step` $step `work` $work (`divides` $divided^ `:` type($divided))? $body attr-dict (`->` type($held)^)?
  }];
}
def Weft_CallParallelOp : Weft_InternalOp<"call_parallel", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Turns 0 to `turns` of a task, shared among threads; gives its flags or-ed";
  let arguments = (ins FlatSymbolRefAttr:$task, Index:$turns, Index:$work, Variadic<AnyType>:$ins);
  let results = (outs I64:$flags);
  let assemblyFormat = "$task `turns` $turns `work` $work `(` ($ins^ `:` type($ins))? `)` attr-dict";
}

// Buffers. Every buffer and every !weft.string value has one owner; see docs/pipeline.md.
def Weft_AllocOp : Weft_InternalOp<"alloc", [Weft_Fails]> {
  let summary = "A new uninitialised buffer (of strings: of empty ones), owned by the call's frame until freed or returned";
  let arguments = (ins Variadic<Index>:$sizes);
  let results = (outs Res<AnyMemRef, "", [MemAlloc<Weft_Frame>]>:$buffer);
  let assemblyFormat = "`(` $sizes `)` attr-dict `:` type($buffer)";
  let hasVerifier = 1;
}
def Weft_TakeBufferOp : Weft_InternalOp<"take_buffer", [Weft_Fails, AllTypesMatch<["donor", "buffer"]>]> {
  let summary = "As weft.alloc; but the buffer of input `input` of the function, which is not read afterwards, where its owner gives it up";
  let description = [{The two may be the same memory, so whoever looks at buffers takes them for one. Of a static shape, of numbers.}];
  let arguments = (ins AnyStaticShapeMemRef:$donor, I32Attr:$input);
  let results = (outs Res<AnyStaticShapeMemRef, "", [MemAlloc<Weft_Frame>]>:$buffer);
  let assemblyFormat = "$donor `input` $input attr-dict `:` type($buffer)";
}
def Weft_FreeOp : Weft_InternalOp<"free"> {
  let summary = "Ends the life of an owned buffer or string";
  let arguments = (ins Arg<AnyTypeOf<[AnyMemRef, Weft_StringType]>, "", [MemFree<Weft_Frame>]>:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

// Strings. A result is a new string, owned: an allocation, so that equal ones are never merged into one with two owners.
def Weft_NewString : Res<Weft_StringType, "", [MemAlloc<Weft_Frame>]>;
def Weft_TextConcatOp : Weft_InternalOp<"text_concat", [Weft_Fails, SameOperandsAndResultType]> {
  let summary = "The two strings joined";
  let arguments = (ins Weft_StringType:$x, Weft_StringType:$y);
  let results = (outs Weft_NewString:$result);
  let assemblyFormat = "$x `,` $y attr-dict";
}
def Weft_TextCopyOp : Weft_InternalOp<"text_copy", [Weft_Fails, SameOperandsAndResultType]> {
  let summary = "An owned copy of a string";
  let arguments = (ins Weft_StringType:$x);
  let results = (outs Weft_NewString:$result);
  let assemblyFormat = "$x attr-dict";
}
def Weft_TextEqualOp : Weft_InternalOp<"text_equal", [Pure]> {
  let summary = "Whether two strings are the same bytes";
  let arguments = (ins Weft_StringType:$x, Weft_StringType:$y);
  let results = (outs I1:$result);
  let assemblyFormat = "$x `,` $y attr-dict";
}
