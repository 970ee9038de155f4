(** The range of the mirror map: all of R for two layers, a bounded interval for three and more. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Entropy TwoLayers.
Open Scope R_scope.

(** Two layers: every xi is the slope at Psi(xi). *)
Theorem onto_for_two u0 v0 : u0 + v0 <> 0 -> u0 - v0 <> 0 -> forall xi, exists theta, Psi_inverse u0 v0 theta = xi.
Proof. intros p m xi. exists (Psi u0 v0 xi). now apply Psi_inverse_Psi. Qed.

Section Bounded.
Variables (L l : nat) (D : nat -> R) (x0 s : R).
Hypothesis gaps : forall k, (k < L)%nat -> k <> l -> 0 < D k.
Hypothesis sign_square : s * s = 1.
Variables a b : nat.
Hypotheses (ha : (a < L)%nat) (hb : (b < L)%nat) (al : a <> l) (bl : b <> l) (ab : a <> b).

(** 1/P is at most 1 / (K (z^2 + m)), of which the integral over R is pi / (K sqrt m). *)
Let m := Rmin (D a) (D b).
Let K := Prod L (but b (but a (but l (root D 0)))).

Lemma m_pos : 0 < m.
Proof. apply Rmin_pos; now apply gaps. Qed.
Lemma K_pos : 0 < K.
Proof.
  apply Prod_but_pos. intros k hk nb. unfold but. destruct (Nat.eqb_spec k a); [lra|].
  destruct (Nat.eqb_spec k l); [lra|]. now apply (root_pos L l D gaps).
Qed.
Lemma P_grows z : K * (z ^ 2 + m) <= P L l D z.
Proof.
  assert (mp := m_pos). assert (q := pow2_ge_0 z).
  assert (apart : P L l D z = root D z a * (root D z b * Prod L (but b (but a (but l (root D z)))))).
  { unfold P. rewrite (Prod_apart L a (but l (root D z))), but_other by easy.
    rewrite (Prod_apart L b (but a (but l (root D z)))) by easy. now rewrite !but_other by auto. }
  assert (low : forall k, (k < L)%nat -> k <> l -> m <= D k -> sqrt (z ^ 2 + m) <= root D z k)
    by (intros k hk nk le; apply sqrt_le_1_alt; lra).
  assert (ra := low a ha al (Rmin_l _ _)). assert (rb := low b hb bl (Rmin_r _ _)).
  assert (rest : K <= Prod L (but b (but a (but l (root D z))))).
  { apply Prod_but_le. intros k hk nb. unfold but. destruct (Nat.eqb_spec k a); [lra|]. destruct (Nat.eqb_spec k l); [lra|].
    split; [left; now apply (root_pos L l D gaps)|]. apply sqrt_le_1_alt. assert (p := pow2_ge_0 z). nra. }
  assert (sq : sqrt (z ^ 2 + m) * sqrt (z ^ 2 + m) = z ^ 2 + m) by (apply sqrt_sqrt; lra).
  assert (sp := sqrt_pos (z ^ 2 + m)). assert (kp := K_pos).
  rewrite apart, <- sq. set (r := sqrt (z ^ 2 + m)) in *.
  replace (K * (r * r)) with (r * (r * K)) by ring.
  apply Rmult_le_compat; [easy|apply Rmult_le_pos; lra|easy|]. apply Rmult_le_compat; lra.
Qed.

Let A x := atan (x / sqrt m) / (K * sqrt m).
Let I x := s * integral L l D x0 s x.

Lemma is_derive_A x : is_derive A x (/ (K * (x ^ 2 + m))).
Proof.
  assert (mp := m_pos). assert (kp := K_pos). assert (r := sqrt_lt_R0 m mp).
  assert (sq : sqrt m * sqrt m = m) by (apply sqrt_sqrt; lra).
  assert (lin : is_derive (fun y => y / sqrt m) x (/ sqrt m)) by (auto_derive; [lra|field; lra]).
  assert (d := is_derive_scal _ x (/ (K * sqrt m)) _ (is_derive_comp atan _ x _ _ (is_derive_atan _) lin)).
  refine (is_derive_ext _ _ _ _ _ (is_derive_to _ _ _ _ d _)).
  - intro y. unfold A. reals. field. lra.
  - assert (q := pow2_ge_0 x). reals. unfold Rsqr. revert r sq. generalize (sqrt m). intros r0 r sq. rewrite <- sq.
    assert (0 < r0 * r0) by nra. field. repeat split; try lra; intro z; nra.
Qed.
Lemma is_derive_I x : is_derive I x (/ P L l D x).
Proof.
  apply (is_derive_to _ _ _ _ (is_derive_scal _ x s _ (is_derive_integral L l D x0 s gaps x))).
  assert (p := P_pos L l D gaps x). reals. replace (s * (s / P L l D x)) with (s * s / P L l D x) by (field; lra).
  rewrite sign_square. field. lra.
Qed.
Lemma slower x : / P L l D x - / (K * (x ^ 2 + m)) <= 0.
Proof.
  assert (g := P_grows x). assert (mp := m_pos). assert (kp := K_pos). assert (q := pow2_ge_0 x).
  enough (/ P L l D x <= / (K * (x ^ 2 + m))) by lra. apply Rinv_le_contravar; [nra|easy].
Qed.

(** Three layers and more: the slope of the entropy stays within pi / (K sqrt m) on all of R. *)
Theorem range_bounded theta : Rabs (xi L l D x0 s gaps theta) <= PI / (K * sqrt m).
Proof.
  set (x := x_of L l D s gaps theta). change (xi L l D x0 s gaps theta) with (integral L l D x0 s x).
  assert (mp := m_pos). assert (kp := K_pos). assert (r := sqrt_lt_R0 m mp).
  assert (start : I x0 = 0) by (unfold I, integral; rewrite RInt_point; unfold zero; simpl; ring).
  assert (near : forall y, Rabs (A y) <= PI / 2 / (K * sqrt m)).
  { intro y. unfold A. unfold Rdiv at 1. rewrite Rabs_mult, (Rabs_right (/ (K * sqrt m))).
    - apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; nra|].
      apply Rabs_le. assert (b1 := atan_bound (y / sqrt m)). lra.
    - left. apply Rinv_0_lt_compat. nra. }
  assert (up : forall c d, c <= d -> I d - A d <= I c - A c).
  { intros c d h. apply (nonincreasing (fun y => I y - A y) (fun y => / P L l D y - / (K * (y ^ 2 + m))) c d h).
    - intros t _. exact (is_derive_minus _ _ t _ _ (is_derive_I t) (is_derive_A t)).
    - intros t _. apply slower. }
  assert (mono : forall c d, c <= d -> I c <= I d).
  { intros c d h. enough (- I d <= - I c) by lra.
    apply (nonincreasing (fun y => - I y) (fun y => - / P L l D y) c d h).
    - intros t _. exact (is_derive_opp _ t _ (is_derive_I t)).
    - intros t _. assert (p := Rinv_0_lt_compat _ (P_pos L l D gaps t)). lra. }
  assert (same : Rabs (integral L l D x0 s x) = Rabs (I x)).
  { unfold I. rewrite Rabs_mult. assert (one : Rabs s * Rabs s = 1) by (rewrite <- Rabs_mult, sign_square; apply Rabs_R1).
    assert (p := Rabs_pos s). replace (Rabs s) with 1 by nra. ring. }
  assert (n1 := near x). assert (n2 := near x0). apply Rabs_le_between in n1. apply Rabs_le_between in n2.
  assert (twice : PI / (K * sqrt m) = PI / 2 / (K * sqrt m) + PI / 2 / (K * sqrt m)) by (field; lra).
  rewrite same, twice. apply Rabs_le. destruct (Rle_lt_dec x0 x) as [h|h].
  - assert (u1 := up x0 x h). assert (u2 := mono x0 x h). lra.
  - assert (u1 := up x x0 (Rlt_le _ _ h)). assert (u2 := mono x x0 (Rlt_le _ _ h)). lra.
Qed.
End Bounded.
