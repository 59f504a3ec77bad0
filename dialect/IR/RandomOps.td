// Random bits. Routines of lib/routines; part of the operation table, Ops.td.

def Weft_RandomBitsOp : Weft_Routine<"random_bits"> {
  let summary = "Random bits of a key, as unsigned integers of a shape";
  let description = [{
    Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011): the words of the blocks with the counters (i, 0), i = 0, 1, …, in
    little-endian order. The same key gives the same bits everywhere. Open sizes are as long as the vectors `lengths`, one for each.
    C++: `weft::random::bits`.
  }];
  let arguments = (ins Weft_Tensor:$key, Variadic<Weft_Tensor>:$lengths, DenseI64ArrayAttr:$shape, TypeAttr:$dtype);
  let typeRule = "return random_bits(a);";
}
def Weft_RandomKeysOp : Weft_Routine<"random_keys"> {
  let summary = "Keys made of a key and numbers";
  let description = [{
    For each number a key, along a new last dimension: half of the Philox block with the counter (number, domain). Domains
    above 0 share no block with each other nor with `random_bits`. C++: `weft::random::split`, `weft::random::fold_in`.
  }];
  let arguments = (ins Weft_Tensor:$key, Weft_Tensor:$numbers, I64Attr:$domain);
  let typeRule = "return random_keys(a);";
}
