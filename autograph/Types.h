// Which C++ types and conditions belong to tensors.
#pragma once
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Type.h"

namespace weft::autograph {

/// Whether the class is weft::<Name>.
bool isWeft(const clang::CXXRecordDecl *Record, llvm::StringRef Name);
/// Tensor, or a reference to one.
bool isTensor(clang::QualType Type);
/// What a loop over tensors goes over: weft::Range or weft::Tensor.
bool isTensorRange(clang::QualType Type);
/// Tensor, Variable or Operand, or a class that holds such in its template arguments, bases or fields.
bool holdsTensors(clang::QualType Type);
/// A container of std whose size can change: its structure is host state.
bool isStdContainer(clang::QualType Type);
/// The name of a class of namespace std; empty for any other type.
llvm::StringRef stdName(clang::QualType Type);

/// A map of std, whose operator[] inserts.
bool isMap(clang::QualType Type);

/// Who decides a condition when the function is traced: C++, a tensor, or C++ as to whether a tensor does (`p && *p > 2`).
enum class Truth { Host, Tensor, Mixed };
Truth truthOf(const clang::Expr *Condition);

/// Without parentheses, temporaries and implicit casts; conversions by classes stay.
const clang::Expr *stripped(const clang::Expr *E);

/// The place that stands for a statement or an operator in its template and in all instantiations: its keyword or operator.
clang::SourceLocation keyOf(const clang::Stmt *S);

/// && and ||, also where a template does not know yet what they are.
bool isLogical(const clang::Stmt *S);
bool isNot(const clang::Stmt *S);
bool isComma(const clang::Expr *E);
/// The two sides of a logical operator.
std::pair<const clang::Expr *, const clang::Expr *> sides(const clang::Stmt *S);

/// What is indexed and by what, also where a template does not know yet what they are; null if S is no subscript.
std::pair<const clang::Expr *, const clang::Expr *> subscript(const clang::Stmt *S);

bool isLoop(const clang::Stmt *S);
const clang::Stmt *bodyOf(const clang::Stmt *Loop);
const clang::Expr *conditionOf(const clang::Stmt *S);
/// Whether the condition is missing or the literal true.
bool runsForever(const clang::Stmt *Loop);

} // namespace weft::autograph
