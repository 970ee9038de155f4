(** What a goal that is generated from one step of a proof is proved by: no theorem, but the rules of the reals.

    A goal has the form  premises -> exists rates, (defined /\ ... /\ is_derive ... /\ relation).  The chain rule is part
    of it: [auto_derive] finds the derivative, and the rules of what moves come from the premises. *)
From Coq Require Import Reals Arith ZArith Lia Lra Psatz Nsatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus.
Open Scope R_scope.

(** ** What is known of the values of functions *)

Ltac new fact := let kind := type of fact in
  lazymatch goal with _ : kind |- _ => fail | _ => pose proof fact end.
(** A premise for every time, at this one. *)
Ltac now_at := repeat match goal with
  | rule : forall t : R, 0 <= t -> _, ht : 0 <= ?t |- _ => new (rule t ht)
  | rule : forall (j : nat) (t : R), (j < ?L)%nat -> 0 <= t -> _, hj : (?i < ?L)%nat, ht : 0 <= ?t |- _ => new (rule i t hj ht)
  | rule : forall k : nat, (k < ?L)%nat -> _, hj : (?i < ?L)%nat |- _ => new (rule i hj)
  end; repeat match goal with both : _ /\ _ |- _ => destruct both end.
Ltac exponentials := repeat match goal with
  | |- context [exp ?x] => new (exp_pos x)
  | |- context [sqrt ?x] => new (sqrt_pos x)
  | |- context [Rabs ?x] => new (Rabs_pos x); new (pow2_abs x)
  | |- context [Rpower ?x ?y] => new (exp_pos (y * ln x))
  end.
Ltac roots := repeat match goal with
  | |- context [sqrt ?x] =>
    lazymatch goal with _ : sqrt x * sqrt x = x |- _ => fail | _ => idtac end;
    assert (sqrt x * sqrt x = x) by (apply sqrt_sqrt; first [assumption | lra | nra])
  end.
Ltac squares := repeat match goal with
  | |- context [?x ^ 2] => new (pow2_ge_0 x)
  end.

(** ** The kinds of goals *)

Ltac apart := first [assumption | lra | apply Rgt_not_eq; nra | apply Rlt_not_eq; nra
  | apply Rmult_integral_contrapositive_currified; apart | apply pow_nonzero; apart | nra].
Ltac sides := repeat match goal with |- _ /\ _ => split | |- True => exact I end; try apart;
  try (eexists; eassumption); try (unfold ex_derive; eauto).
Ltac slopes := repeat match goal with
  | rule : is_derive ?f ?t ?v |- context [Derive (fun x => ?f x) ?t] =>
    change (Derive (fun x => f x) t) with (Derive f t); rewrite (is_derive_unique f t v rule)
  | rule : is_derive ?f ?t ?v |- context [Derive ?f ?t] => rewrite (is_derive_unique f t v rule)
  end.
Ltac exp_rules := rewrite ?exp_plus, ?exp_Ropp, ?Rmult_plus_distr_l; unfold sinh, cosh, tanh in *.
Ltac identity := first
  [ reflexivity | lra | ring | field; sides | nsatz
  | exponentials; roots; first [nra | field_simplify_eq; [first [nra | nsatz] | sides]] ].
Ltac inequality := first [assumption | lra | nra | exponentials; roots; squares; first [lra | nra]
  | apply Rmult_lt_0_compat; inequality | apply Rmult_le_pos; inequality
  | apply Rdiv_lt_0_compat; inequality | apply Rinv_0_lt_compat; inequality ].
Ltac derivative := match goal with
  | rule : is_derive ?f ?t ?v |- is_derive (fun s => ?f s) ?t _ => exact rule
  | |- is_derive (fun _ => ?c) _ _ => exact (is_derive_const c _)
  | |- is_derive _ _ _ => eapply is_derive_to; [auto_derive; [sides | reflexivity] | slopes; reflexivity]
  end.
Ltac relation := match goal with
  | |- is_derive _ _ _ => derivative
  | |- _ = _ => identity
  | |- _ < _ => inequality
  | |- _ <= _ => inequality
  | |- _ <> _ => apart
  | _ => first [assumption | lra | nra]
  end.
Ltac formula := intros; now_at; repeat match goal with |- exists _, _ => eexists end;
  repeat match goal with |- _ /\ _ => split end; relation.
Ltac whole_numbers := intros; first [lia | Z.div_mod_to_equations; first [lia | nia]
  | repeat match goal with |- _ /\ _ => split | |- _ <-> _ => split end; intros; Z.div_mod_to_equations; first [lia | nia]].
