(** Appendix A.3: the deep redundant network theta = u^L, u > 0, with a real exponent L > 2.

    With B = u(0)^{-(L-2)} - L(L-2) xi, the bracket of (28): u = B^{-1/(L-2)}, theta = B^{-L/(L-2)}. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Calculus.
Open Scope R_scope.

Definition bracket L u0 xi := Rpower u0 (2 - L) - L * xi * (L - 2).

Lemma Rpower_pos x y : 0 < Rpower x y.
Proof. apply exp_pos. Qed.
Lemma is_derive_Rpower x y : 0 < x -> is_derive (fun x => Rpower x y) x (y * Rpower x (y - 1)).
Proof. intro h. apply is_derive_Reals. now apply derivable_pt_lim_power. Qed.
Lemma Rpower_times x y z : Rpower x y * Rpower x z = Rpower x (y + z).
Proof. symmetry. apply Rpower_plus. Qed.
Lemma Rpower_over x y : 0 < x -> Rpower x y / x = Rpower x (y - 1).
Proof. intro h. rewrite <- (Rpower_1 x h) at 2. unfold Rdiv. rewrite <- Rpower_Ropp. apply Rpower_times. Qed.
Lemma power_by_inverse x y : 0 < x -> Rpower x (1 - y) = x * Rpower (/ x) y.
Proof.
  intro h. unfold Rminus. rewrite Rpower_plus, Rpower_1 by easy. f_equal. unfold Rpower. rewrite ln_Rinv by easy. f_equal. ring.
Qed.

(** (27): the partial derivative of the loss at u^L is L u^{L-1} times its gradient. *)
Theorem power_rule L (F : R -> R) u slope : 0 < u -> is_derive F (Rpower u L) slope ->
  is_derive (fun x => F (Rpower x L)) u (L * Rpower u (L - 1) * slope).
Proof.
  intros h d. apply (is_derive_to _ _ _ _ (is_derive_comp F (fun x => Rpower x L) u _ _ d (is_derive_Rpower u L h))).
  reals. ring.
Qed.

(** Before (28): along (27) the power -(L-2) of the layer is the bracket, which is therefore positive while the flow exists. *)
Theorem layer_power L (u g xi : R -> R) T : 0 <= T -> xi 0 = 0 ->
  (forall t, 0 <= t <= T -> is_derive xi t (- g t)) ->
  (forall t, 0 <= t <= T -> 0 < u t /\ is_derive u t (- (L * g t * Rpower (u t) (L - 1)))) ->
  Rpower (u T) (2 - L) = bracket L (u 0) (xi T).
Proof.
  intros hT start dxi du.
  assert (k : Rpower (u T) (2 - L) + L * xi T * (L - 2) = Rpower (u 0) (2 - L) + L * xi 0 * (L - 2)).
  { apply (constant_of_zero_slope (fun t => Rpower (u t) (2 - L) + L * xi t * (L - 2)) T hT). intros t ht.
    destruct (du t ht) as [pos d].
    assert (a := is_derive_comp (fun x => Rpower x (2 - L)) u t _ _ (is_derive_Rpower (u t) (2 - L) pos) d).
    assert (b := is_derive_scal xi t (L * (L - 2)) _ (dxi t ht)).
    refine (is_derive_ext _ _ _ _ _ (is_derive_to _ _ _ _ (is_derive_plus _ _ t _ _ a b) _)).
    - intro r. reals. ring.
    - reals. replace (- (L * g t * Rpower (u t) (L - 1)) * ((2 - L) * Rpower (u t) (2 - L - 1))) with
        (L * (L - 2) * g t * (Rpower (u t) (L - 1) * Rpower (u t) (2 - L - 1))) by ring.
      rewrite Rpower_times. replace (L - 1 + (2 - L - 1)) with 0 by ring. rewrite Rpower_O by easy. ring. }
  unfold bracket. rewrite start in k. lra.
Qed.

(** (28) *)
Theorem layer_closed_form L (u g xi : R -> R) T : 2 < L -> 0 <= T -> xi 0 = 0 ->
  (forall t, 0 <= t <= T -> is_derive xi t (- g t)) ->
  (forall t, 0 <= t <= T -> 0 < u t /\ is_derive u t (- (L * g t * Rpower (u t) (L - 1)))) ->
  0 < bracket L (u 0) (xi T) /\ u T = Rpower (bracket L (u 0) (xi T)) (- / (L - 2)).
Proof.
  intros hL hT start dxi du. rewrite <- (layer_power L u g xi T) by easy. split; [apply Rpower_pos|].
  rewrite Rpower_mult. replace ((2 - L) * - / (L - 2)) with 1 by (field; lra). symmetry. apply Rpower_1. apply (du T). lra.
Qed.

(** (29): theta = u^L. *)
Theorem theta_closed_form L B : 2 < L -> Rpower (Rpower B (- / (L - 2))) L = Rpower B (- (L / (L - 2))).
Proof. intro hL. rewrite Rpower_mult. f_equal. field. lra. Qed.

(** After (29): the inverse of Psi.  Written with the quotient by theta as well, as the gradient of (30) has it. *)
Theorem theta_power L B : 2 < L -> 0 < B -> Rpower (Rpower B (- (L / (L - 2)))) (2 / L - 1) = B.
Proof.
  intros hL hB. rewrite Rpower_mult. replace (- (L / (L - 2)) * (2 / L - 1)) with 1 by (field; lra). now apply Rpower_1.
Qed.
Theorem theta_power_quotient L B : 2 < L -> 0 < B ->
  Rpower (Rpower B (- (L / (L - 2)))) (2 / L) * Rpower B (L / (L - 2)) = B.
Proof.
  intros hL hB. rewrite Rpower_mult, Rpower_times.
  replace (- (L / (L - 2)) * (2 / L) + L / (L - 2)) with 1 by (field; lra). now apply Rpower_1.
Qed.

(** (30) with the exponent [e] of u(0) left open: printed L - 2, right -(L - 2). *)
Theorem slope_of_Q_redundant L e u0 theta : 2 < L -> 0 < theta ->
  is_derive (fun theta => theta * Rpower u0 e - L * Rpower theta (2 / L) / 2) theta (Rpower u0 e - Rpower theta (2 / L - 1)).
Proof.
  intros hL h.
  assert (a := is_derive_scal (fun y => y) theta (Rpower u0 e) 1 (is_derive_id theta)).
  assert (b := is_derive_scal _ theta (L / 2) _ (is_derive_Rpower theta (2 / L) h)).
  refine (is_derive_ext _ _ _ _ _ (is_derive_to _ _ _ _ (is_derive_minus _ _ theta _ _ a b) _)).
  - intro y. reals. field.
  - reals. field. lra.
Qed.

(** The scaled slope (u0^{-(L-2)} - theta^{2/L-1}) / (L(L-2)) increases: its derivative is 1/M, M = (L theta^{(L-1)/L})^2. *)
Theorem curvature_redundant L u0 theta : 2 < L -> 0 < theta ->
  is_derive (fun theta => (Rpower u0 (2 - L) - Rpower theta (2 / L) / theta) / L / (L - 2)) theta
    (Rpower theta (2 / L - 2) / L ^ 2).
Proof.
  intros hL h. apply (is_derive_ext_loc (fun y => (Rpower u0 (2 - L) - Rpower y (2 / L - 1)) / L / (L - 2))).
  - exists (mkposreal theta h). intros y hy. change (Rabs (y - theta) < theta) in hy. apply Rabs_def2 in hy.
    rewrite Rpower_over by lra. reflexivity.
  - assert (a := is_derive_Rpower theta (2 / L - 1) h).
    assert (b := is_derive_minus _ _ theta _ _ (is_derive_const (Rpower u0 (2 - L)) theta) a).
    assert (c := is_derive_scal _ theta (/ L / (L - 2)) _ b).
    refine (is_derive_ext _ _ _ _ _ (is_derive_to _ _ _ _ c _)).
    + intro y. reals. field. lra.
    + reals. replace (2 / L - 1 - 1) with (2 / L - 2) by ring. field. lra.
Qed.
