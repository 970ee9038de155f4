(** The gradient flow (4) of a loss through the network, and its written form (5), in every dimension.

    A network is w : coordinate -> layer -> R, a trajectory u : coordinate -> layer -> time -> R. *)
From Coq Require Import Reals Arith Lia Lra FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers.
Open Scope R_scope.

(** theta_i = prod_j w^j_i. *)
Definition theta_of (L : nat) (w : nat -> nat -> R) (i : nat) : R := Prod L (w i).

(** The network [w] with layer [j] of coordinate [i] replaced by [x]. *)
Definition replaced (i j : nat) (x : R) (w : nat -> nat -> R) (a : nat) : nat -> R :=
  if Nat.eqb a i then put j x (w a) else w a.

(** The trajectory at one time. *)
Definition now (u : nat -> nat -> R -> R) (t : R) (i k : nat) : R := u i k t.

(** (4) on [0, T]: du^j_i/dt = - (the partial derivative of the loss by u^j_i); one-sided at the ends of the interval. *)
Definition gradient_flow (L d : nat) (F : (nat -> R) -> R) (T : R) (u : nat -> nat -> R -> R) :=
  forall i j t, (i < d)%nat -> (j < L)%nat -> 0 <= t <= T ->
  is_derive_on T (u i j) t (- Derive (fun x => F (theta_of L (replaced i j x (now u t)))) (u i j t)).

Lemma replaced_same L i j w : theta_of L (replaced i j (w i j) w) = theta_of L w.
Proof.
  apply functional_extensionality. intro a. unfold theta_of, replaced. destruct (Nat.eqb_spec a i) as [->|]; [|easy].
  apply Prod_ext. intros k _. unfold put. now destruct (Nat.eqb_spec k j) as [->|].
Qed.

(** The chain rule of (5): the partial derivative of the loss by u^j_i is (prod_{k<>j} u^k_i) * (grad loss)_i. *)
Theorem partial_derivative L d F grad i j w : (i < d)%nat -> (j < L)%nat -> differentiable d F grad ->
  is_derive (fun x => F (theta_of L (replaced i j x w))) (w i j) (grad (theta_of L w) i * Prod L (but j (w i))).
Proof.
  intros hi hj smooth. set (p := Prod L (but j (w i))).
  assert (moves : forall a, (a < d)%nat ->
      is_derive (fun x => theta_of L (replaced i j x w) a) (w i j) (if Nat.eqb a i then p else 0)).
  { intros a _. unfold theta_of, replaced. destruct (Nat.eqb_spec a i) as [->|ne]; [|apply (is_derive_const (Prod L (w a)))].
    apply (is_derive_ext (fun x => x * p)); [intro x; symmetry; now apply Prod_put|]. auto_derive; [easy|ring]. }
  assert (h := chain_rule d F grad (fun a x => theta_of L (replaced i j x w) a) _ (w i j) smooth moves).
  apply (is_derive_to _ _ _ _ h). change (fun a => theta_of L (replaced i j (w i j) w) a) with (theta_of L (replaced i j (w i j) w)).
  rewrite replaced_same, (Sum_single d i); [now rewrite Nat.eqb_refl|easy|].
  intros k _ ne. apply Nat.eqb_neq in ne as ->. ring.
Qed.

(** (5) from (4). *)
Theorem layers_move L d F grad T u i j t : (i < d)%nat -> (j < L)%nat -> 0 <= t <= T -> differentiable d F grad ->
  gradient_flow L d F T u ->
  is_derive_on T (u i j) t (- (grad (theta_of L (now u t)) i * Prod L (but j (fun k => u i k t)))).
Proof.
  intros hi hj ht smooth flow. assert (h := flow i j t hi hj ht).
  assert (p := is_derive_unique _ _ _ (partial_derivative L d F grad i j (now u t) hi hj smooth)).
  refine (eq_ind _ (is_derive_on T (u i j) t) h _ _). f_equal. exact p.
Qed.

(** The trajectory continued beyond [0, T] along its tangents: on the interval it is the same, and there its derivatives
    are two-sided.  So what follows from (5) with two-sided derivatives follows from (4) as it stands. *)
Definition two_sided (L : nat) (grad : (nat -> R) -> nat -> R) (T : R) (u : nat -> nat -> R -> R) i j : R -> R :=
  continued T (u i j) (fun s => - (grad (theta_of L (now u s)) i * Prod L (but j (fun k => u i k s)))).

Lemma two_sided_same L grad T u t : 0 <= t <= T -> now (two_sided L grad T u) t = now u t.
Proof. intro ht. do 2 (apply functional_extensionality; intro). now apply continued_same. Qed.

Theorem coordinate_flow L d F grad T u i : (i < d)%nat -> differentiable d F grad -> gradient_flow L d F T u ->
  layer_flow L T (two_sided L grad T u i) (fun t => grad (theta_of L (now (two_sided L grad T u) t)) i).
Proof.
  intros hi smooth flow j t hj ht. rewrite two_sided_same by easy. unfold two_sided at 1.
  apply (is_derive_to _ _ _ _ (is_derive_continued T (u i j) _ t ht (layers_move L d F grad T u i j t hi hj ht smooth flow))).
  do 2 f_equal. apply Prod_but_ext. intros. symmetry. now apply continued_same.
Qed.
